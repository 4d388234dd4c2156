import { type FSWatcher, watch as fsWatch, statSync } from "node:fs";
import path from "node:path";
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

function watch(changed: () => void, isOurs: (file: string) => boolean): (folders: readonly string[]) => void {
  let timer: NodeJS.Timeout | undefined;
  const onChange = (folder: string, name: string | null): void => {
    if (name !== null && isOurs(path.join(folder, name))) return;
    clearTimeout(timer);
    timer = setTimeout(changed, settling);
  };
  // A watcher stays from one run to the next: what changes during a run must not be lost.
  const watchers = new Map<string, FSWatcher>();
  return (folders) => {
    const kept = new Set<string>();
    for (const folder of folders)
      try {
        // A folder that was removed and made again is another one.
        const identity = `${statSync(folder).ino} ${folder}`;
        kept.add(identity);
        if (watchers.has(identity)) continue;
        const watcher = fsWatch(folder, (_event, name) => onChange(folder, name));
        watcher.on("error", () => watcher.close()); // the folder is gone; what was in it is, too
        watchers.set(identity, watcher);
      } catch {
        // What cannot be watched is not waited for.
      }
    for (const [identity, watcher] of watchers)
      if (!kept.has(identity)) {
        watcher.close();
        watchers.delete(identity);
      }
  };
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
