import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { folderWith, type Outcome, root, run } from "./folders.ts";

/** What of an action the tests look at. */
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: {
    readonly steps: readonly [{ readonly run: string; readonly env: Readonly<Record<string, string>> }];
  };
}
/** action.yml, read. */
export const action = parse(readFileSync(path.join(root, "action.yml"), "utf8")) as Action;
export interface Result extends Outcome {
  /** What the action gives to later steps. */
  readonly outputs: string;
}

/** Runs the action as GitHub does: its step, with the inputs in place of the expressions. */
export function act(
  checkout: string,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  base = "",
): Result {
  const [step] = action.runs.steps;
  for (const name of Object.keys(given)) assert.ok(name in action.inputs, `the action has no input ${name}`);
  const value = (text: string): string =>
    text
      .replace(
        /\$\{\{ inputs\.([\w-]+) \}\}/g,
        (_whole, name: string) => given[name] ?? action.inputs[name]?.default ?? "",
      )
      .replace(/\$\{\{ github\.event\.pull_request\.number \}\}/, base === "" ? "" : "7")
      .replace(/\$\{\{ github\.(?:event\.[^}]*|token) \}\}/, base);
  const temporary = env.RUNNER_TEMP ?? folderWith();
  const outputs = path.join(temporary, "outputs");
  const outcome = run("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run], {
    cwd: checkout,
    env: {
      ...Object.fromEntries(Object.entries(step.env).map(([name, text]) => [name, value(text)])),
      GITHUB_ACTION_PATH: root,
      GITHUB_WORKSPACE: checkout,
      GITHUB_OUTPUT: outputs,
      RUNNER_TEMP: temporary,
      NO_COLOR: "1",
      ...env,
    },
  });
  return { ...outcome, outputs: existsSync(outputs) ? readFileSync(outputs, "utf8") : "" };
}
