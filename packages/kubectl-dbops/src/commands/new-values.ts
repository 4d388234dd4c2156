import { firesEver, parseCron } from "@dbops/core";
import { UsageError } from "../io.ts";
import { bytesOf, type Snippet } from "../snippet.ts";

/** Why a value cannot be: the rest of a sentence about `NAME=VALUE`. */
type Check = (value: string) => string | undefined;

const objectName: Check = (value) =>
  value.includes(",")
    ? "a name has no comma; repeat --set for each value"
    : !/^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(value)
      ? "a name has lower-case letters, digits and hyphens, and begins with a letter"
      : value.length > 52
        ? `it has ${value.length} characters, and a CronJob's name has at most 52`
        : undefined;

const size: Check = (value) => {
  const bytes = bytesOf(value);
  if (bytes === undefined) return "it is no size: write 20Gi";
  return bytes < 2 ** 20 ? `it is ${Math.floor(bytes)} bytes; did you mean ${Number.parseFloat(value)}Gi?` : undefined;
};

const memory: Check = (value) =>
  size(value) ?? ((bytesOf(value) ?? 0) < 256 * 2 ** 20 ? "a database server needs at least 256Mi" : undefined);

const schedule: Check = (value) => {
  const cron = parseCron(value);
  if (cron === undefined || cron.fields !== 5) return "it is not a schedule of five fields, minute first";
  return firesEver(cron) ? undefined : "no date matches it";
};

const word: Check = (value) => (/^[\w./:@+-]+$/.test(value) ? undefined : "it has characters that cannot stand there");

/** Names of databases and roles that need no quotes in SQL. */
const identifier: Check = (value) =>
  /^[a-z_][a-z0-9_]*$/.test(value)
    ? undefined
    : "it has lower-case letters, digits and underscores, and begins with a letter";

const checks: ReadonlyMap<string, Check> = new Map([
  ...["name", "secret", "cluster", "claim", "store", "source", "team", "namespace"].map(
    (name) => [name, objectName] as const,
  ),
  ["size", size],
  ["memory", memory],
  ["schedule", schedule],
  ["database", identifier],
  ...["image", "bucket", "endpoint", "host", "path", "class", "provisioner", "driver"].map(
    (name) => [name, word] as const,
  ),
]);

/** @throws UsageError for a value of which no manifest comes */
export function checkValue(placeholder: Snippet["placeholders"][number], value: string): void {
  const { name, choices } = placeholder;
  // Where only some values make sense they are examples of drivers, or all there are.
  const isClosed = choices.length > 1 && !/provisioner|driver/.test(name);
  if (isClosed && !choices.includes(value))
    throw new UsageError(`--set ${name}=${value}: choose from ${choices.join(", ")}`);
  const because = checks.get(name)?.(value);
  if (because !== undefined) throw new UsageError(`--set ${name}=${value}: ${because}`);
  if (/[:#"'{}[\]&*!|>%\\]/.test(value) && checks.get(name) === undefined && !/^[\d\-: TZ+]+$/.test(value))
    throw new UsageError(`--set ${name}=${value}: it has characters that mean something else in YAML`);
}
