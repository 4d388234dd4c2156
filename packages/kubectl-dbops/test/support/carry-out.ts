import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { folderWith } from "./folder.ts";
import { dbops } from "./run.ts";

export interface PlannedStep {
  readonly title: string;
  readonly by: "script" | "person";
  readonly commands: readonly string[];
  readonly changes: string | null;
  readonly check: { readonly commands: readonly string[]; readonly expects: string } | null;
  readonly wayBack: string | null;
  readonly pointOfNoReturn: boolean;
}

interface PlannedProcedure {
  readonly kind: string;
  readonly title: string;
  readonly outage: string;
  readonly setup: readonly string[];
  readonly steps: readonly PlannedStep[];
}

interface PlanReport {
  readonly plans: readonly { readonly says: string | null; readonly procedure: PlannedProcedure | null }[];
}

type Files = string | Readonly<Record<string, string>>;

/** A folder with both texts below `old` and `new`. */
function textsIn(old: Files, young: Files): string {
  const below = (side: string, files: Files): readonly (readonly [string, string])[] =>
    Object.entries(typeof files === "string" ? { "all.yaml": files } : files).map(([name, text]) => [
      `${side}/${name}`,
      text,
    ]);
  return folderWith(Object.fromEntries([...below("old", old), ...below("new", young)]));
}

/** What `plan` says of two texts. */
export function plansBetween(old: Files, young: Files): PlanReport["plans"] {
  const folder = textsIn(old, young);
  const { code, out, err } = dbops(folder, ["plan", "old", "new", "-o", "json"]);
  if (code !== 0 || err !== "") throw new Error(`plan: ${code} ${err}${out.slice(0, 400)}`);
  return (JSON.parse(out) as PlanReport).plans;
}

export interface CarriedOut {
  readonly folder: string;
  readonly code: number | null;
  readonly said: string;
  /** What kubectl was called with, one call each. */
  readonly calls: readonly string[];
}

export interface CarryingOut {
  /** Titles of steps that are skipped. */
  readonly skipped?: RegExp;
  /** Arms of a `case "$*" in` that answer in place of a cluster. */
  readonly answers?: string;
  /** In which the script runs. */
  readonly folder?: string;
}

/** A cluster in which every claim is on a volume that stays, and nothing else is there. */
const cluster = `  "config current-context") echo test ;;
  "config view"*) echo shop ;;
  *" get pvc "*"{.spec.volumeName}"*) shift 4; echo "pv-$1" ;;
  *"get pvc "*"-o name") echo there ;;
  *"{.spec.persistentVolumeReclaimPolicy}"*) echo Retain ;;
  *"{.status.phase}/{.status.succeeded}/"*) echo /1/ ;;
  *"exec "*pg_dumpall*) echo "-- PostgreSQL database cluster dump complete" ;;
`;

/** Runs the script of `plan` with yes to everything, and with a kubectl that writes down what it is told. */
export function carryOut(old: Files, young: Files, { skipped, answers = "", folder }: CarryingOut = {}): CarriedOut {
  const place = folder ?? textsIn(old, young);
  const script = dbops(place, ["plan", "old", "new", "-o", "script"]).out;
  const { plans } = JSON.parse(dbops(place, ["plan", "old", "new", "-o", "json"]).out) as PlanReport;
  const replies = plans
    .flatMap(({ procedure }) => procedure?.steps ?? [])
    .flatMap(({ title, check }) => [skipped?.test(title) === true ? "s" : "y", ...(check === null ? [] : ["y"])]);
  writeFileSync(path.join(place, "plan.sh"), script);
  return runScript(place, "plan.sh", answers, ["y", ...replies, ""].join("\n"));
}

/** Runs a script with such a kubectl, in which time passes at once. */
function runScript(folder: string, file: string, answers: string, input = ""): CarriedOut {
  const calls = path.join(folder, "calls");
  const programs = path.join(folder, "bin");
  mkdirSync(programs, { recursive: true });
  const program = (name: string, text: string): void => {
    writeFileSync(path.join(programs, name), `#!/bin/sh\n${text}`);
    chmodSync(path.join(programs, name), 0o755);
  };
  writeFileSync(calls, "");
  program("sleep", "exit 0\n");
  program(
    "kubectl",
    `given=
case " $* " in *" -f - "*) given=" <<< $(tr '\\n' '~')" ;; esac
printf '%s%s\\n' "$(printf '%s' "$*" | tr '\\n' ' ')" "$given" >>'${calls}'
case "$*" in
${answers}${cluster}esac
`,
  );
  const { status, stdout, stderr } = spawnSync("sh", [file], {
    cwd: folder,
    encoding: "utf8",
    input,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
    timeout: 60_000,
  });
  const lines = existsSync(calls) ? readFileSync(calls, "utf8").split("\n") : [];
  return { folder, code: status, said: `${stdout}${stderr}`, calls: lines.filter((line) => line !== "") };
}
