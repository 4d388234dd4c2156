import { readSync } from "node:fs";
import { reasonOf } from "./files/discover.ts";
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
    cwd: process.cwd(),
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
    readStdin,
  };
}

/** All of stdin. A pipe that somebody opened without blocking answers EAGAIN until its writer has written. */
function readStdin(): Buffer {
  const parts: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(1 << 16);
  for (;;) {
    try {
      const length = readSync(0, buffer);
      if (length === 0) return Buffer.concat(parts);
      parts.push(Buffer.from(buffer.subarray(0, length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

process.exitCode = run(process.argv.slice(2), realIo());
