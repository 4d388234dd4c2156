import { readFileSync } from "node:fs";
import { runCli } from "./cli.ts";
import { type Io, UsageError } from "./io.ts";

/** The only place that knows the process. */
function realIo(): Io {
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    stream.write(text);
  };
  return {
    cwd: process.cwd(),
    env: process.env,
    isOutputTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns ?? 100,
    today: new Date().toISOString().slice(0, 10),
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    readStdin: () => readFileSync(0),
  };
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = runCli(process.argv.slice(2), realIo());
} catch (error) {
  const isDebugging = process.argv.includes("--debug");
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`error: ${error instanceof UsageError ? message : `dbops failed: ${message}`}\n`);
  if (isDebugging && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  process.exitCode = 2;
}
