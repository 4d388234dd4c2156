import { type FSWatcher, watch as fsWatch, statSync } from "node:fs";
import path from "node:path";
import { reasonOf } from "./files/discover.ts";
import { linesOf, readStream } from "./files/read-stream.ts";
import { Interrupted, type Io, interruptionOf, progressOn } from "./io.ts";
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
      if (isHungUp()) return;
      progress.clear();
      output.write(text);
    },
    err: (text) => {
      if (isHungUp()) return;
      progress.clear();
      errors.write(text);
    },
    progress: progress.show,
    watch,
    now: () => performance.now(),
    interrupted,
    uninterrupted: () => release(),
    answer,
    conversation: () => ({ input: process.stdin, output: process.stdout }),
    lines: () => linesOf(0),
    readStdin: () => readStream(0),
  };
}

/** Whether the terminal is gone: writing to it would end the process before it has cleaned up. */
function isHungUp(): boolean {
  return ending === "SIGHUP";
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

/** Signals that end a process. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The one that came while something else was waited for. */
let ending: NodeJS.Signals | undefined;
/** Lets signals end the process again. */
let release = (): void => {};

/** Aborts at Ctrl-C and what else ends a process, which then ends nothing by itself; a second one does. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals, number: number): void => {
    release();
    ending = signal;
    // The exit code that shells know a signal by.
    controller.abort(new Interrupted(128 + number));
  };
  release = () => {
    for (const signal of endings) process.off(signal, onSignal);
  };
  for (const signal of endings) process.on(signal, onSignal);
  return controller.signal;
}

/** A line from stdin through Node's stream: a blocking read would keep Ctrl-C from being heard. */
function answer(signal: AbortSignal): Promise<string | undefined> {
  const { stdin } = process;
  return new Promise<string | undefined>((resolve, reject) => {
    let typed = "";
    const onData = (part: string): void => {
      typed += part;
      const end = typed.indexOf("\n");
      if (end >= 0) finish(() => resolve(typed.slice(0, end)));
    };
    const onEnd = (): void => finish(() => resolve(typed === "" ? undefined : typed));
    const onAbort = (): void => finish(() => reject(interruptionOf(signal)));
    const finish = (settle: () => void): void => {
      stdin.off("data", onData).off("end", onEnd).off("error", onEnd).pause();
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    stdin.setEncoding("utf8").on("data", onData).on("end", onEnd).on("error", onEnd).resume();
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

const code = run(process.argv.slice(2), realIo());
if (typeof code === "number") process.exitCode = code;
else
  void code.then((number) => {
    process.exitCode = number;
    // A program for credentials that still waits for somebody would keep this process.
    if (ending !== undefined) process.exit();
  });
