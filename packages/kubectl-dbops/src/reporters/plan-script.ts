import { oneLine, type PlannedChange, type Procedure, quoted, type Step } from "@dbops/core";
import { wrap } from "../wrap.ts";

/** What a script begins with: how it asks, and what it says when it stops. */
const opening = `set -eu

at='the start'
stopped() {
  [ "$?" -eq 0 ] || printf '\\nStopped at %s. What was done before stays done.\\n' "$at" >&2
}
trap stopped EXIT

# ask QUESTION: reads one line into reply
ask() {
  printf '%s ' "$1"
  reply=
  read -r reply || :
}

# wanted: 0 to run a step, 1 to skip it; anything else stops
wanted() {
  ask 'Run it? [y] yes, [s] skip: it is done already, anything else stops:'
  case $reply in
    y | Y | yes) return 0 ;;
    s | S | skip) return 1 ;;
    *) exit 1 ;;
  esac
}

# confirm QUESTION: stops unless the answer is yes
confirm() {
  ask "$1 [y/N]"
  case $reply in
    y | Y | yes) ;;
    *) exit 1 ;;
  esac
}

echo "The context of kubectl is $(kubectl config current-context)."
confirm 'Is that the cluster?'
`;

/** A POSIX script that shows each step, asks, runs it, shows its check and asks again. `headOf` says what happens without it. */
export function planScript(planned: readonly PlannedChange[], headOf: (each: PlannedChange) => string): string {
  const parts = planned.map((each, index) =>
    each.procedure === undefined
      ? ["", ...comment(`${headOf(each)}. ${each.says ?? ""}`)]
      : procedureScript(each.procedure, headOf(each), index + 1),
  );
  return [
    "#!/bin/sh",
    "# Written by kubectl dbops plan. Read it before you run it: it changes the cluster of your kubectl context,",
    "# one step at a time, and asks before each.",
    "# shellcheck disable=SC2016 # what is quoted is for the shell of a Pod",
    opening,
    ...parts.flat(),
    "",
    planned.some(({ procedure }) => procedure !== undefined)
      ? "echo 'All steps are done.'"
      : planned.length > 0
        ? "echo 'There are no steps to run: this file says what to do instead.'"
        : "echo 'No steps are needed.'",
    "",
  ].join("\n");
}

function comment(text: string): readonly string[] {
  return wrap(oneLine(text), 110).map((line) => `# ${line}`);
}

function procedureScript({ title, outage, setup, steps }: Procedure, head: string, number: number): readonly string[] {
  return [
    "",
    ...comment(title),
    ...comment(`${head}. ${outage}`),
    "",
    ...setup.flatMap((text) => [text, ""]),
    ...steps.flatMap((step, index) => stepScript(step, `${number}_${index + 1}`, `${index + 1} of ${steps.length}`)),
  ];
}

const end = "END_OF_STEP";

function stepScript(step: Step, id: string, count: string): readonly string[] {
  const { commands, check, by } = step;
  const isRun = by === "script" && commands.length > 0;
  const shown = commands.flatMap((command) => command.split("\n")).map((line) => `  $ ${line}`);
  const mark = step.isPointOfNoReturn ? "  POINT OF NO RETURN" : "";
  const body = (lines: readonly string[]): readonly string[] => lines.flatMap((line) => line.split("\n"));
  return [
    ...(isRun ? [`step_${id}() {`, ...body(commands), "}"] : []),
    ...(check === undefined || check.commands.length === 0 ? [] : [`check_${id}() {`, ...body(check.commands), "}"]),
    `at='step ${count}'`,
    `cat <<'${end}'`,
    "",
    `Step ${count}: ${oneLine(step.title)}${mark}`,
    ...shown,
    ...labelled("changes", step.changes),
    ...labelled("way back", step.wayBack),
    end,
    ...(isRun
      ? ["if wanted; then", `  step_${id} </dev/null`, "fi"]
      : [
          `confirm ${quoted(commands.length === 0 ? "Is it done?" : "Run it yourself, in another terminal. Is it done?")}`,
        ]),
    ...(check === undefined
      ? []
      : [
          ...(check.commands.length === 0 ? [] : [`check_${id} </dev/null || echo 'The check could not be run.'`]),
          `confirm ${quoted(`Is it so: ${oneLine(check.expects)}?`)}`,
        ]),
    "",
  ];
}

function labelled(label: string, text: string | undefined): readonly string[] {
  return text === undefined ? [] : wrap(oneLine(`${label}: ${text}`), 100).map((line) => `  ${line}`);
}
