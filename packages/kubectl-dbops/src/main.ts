import { watch as fsWatch } from "node:fs";
import { reasonOf } from "./files/discover.ts";
import { linesOf, readStream } from "./files/read-stream.ts";
import { type Io, progressOn } from "./io.ts";
import { run } from "./run.ts";
import { standardStream } from "./standard-stream.ts";

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
const errors = standardStream(
  2,
  () => process.stderr,
  (error) => process.exit(error.code === "EPIPE" ? 0 : 2),
);
const output = standardStream(
  1,
  () => process.stdout,
  (error) => {
    if (error.code === "EPIPE") process.exit(0);
    errors.write(`error: stdout: ${reasonOf(error)}\n`);
    process.exit(2);
  },
);

/** The only place that knows the process. */
function realIo(): Io {
  const progress = progressOn({ isTerminal: errors.isTerminal, now: Date.now, write: errors.write });
  return {
    cwd: workingDirectory(),
    env: process.env,
    isOutputTerminal: output.isTerminal,
    isErrorTerminal: errors.isTerminal,
    width: output.columns ?? 100,
    today: new Date().toISOString().slice(0, 10),
    out: (text) => {
      progress.clear();
      output.write(text);
    },
    err: (text) => {
      progress.clear();
      errors.write(text);
    },
    progress: progress.show,
    watch,
    now: () => performance.now(),
    lines: () => linesOf(0),
    readStdin: () => readStream(0),
  };
}

/** Editors write a file in several steps: it is read when they are done. */
const settling = 100;

function watch(folders: readonly string[], changed: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const watchers = folders.flatMap((folder) => {
    try {
      const watcher = fsWatch(folder, () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          for (const each of watchers) each.close();
          changed();
        }, settling);
      });
      watcher.on("error", () => watcher.close()); // the folder is gone; what was in it is, too
      return [watcher];
    } catch {
      return [];
    }
  });
}

/** The working directory. Where it is gone no relative path means anything, and Node's own error is a page of internals. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    errors.write("error: the working directory no longer exists\n");
    process.exit(2);
  }
}

process.exitCode = run(process.argv.slice(2), realIo());
