import { readSync } from "node:fs";
import { reasonOf } from "./files/discover.ts";
import { type Io, progressOn } from "./io.ts";
import { run } from "./run.ts";

/** The only place that knows the process. */
function realIo(): Io {
  const progress = progressOn({
    isTerminal: process.stderr.isTTY === true,
    now: Date.now,
    write: (text) => process.stderr.write(text),
  });
  return {
    cwd: process.cwd(),
    env: process.env,
    isOutputTerminal: process.stdout.isTTY === true,
    isErrorTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns ?? 100,
    today: new Date().toISOString().slice(0, 10),
    out: (text) => {
      progress.clear();
      process.stdout.write(text);
    },
    err: (text) => {
      progress.clear();
      process.stderr.write(text);
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

// A reader that has seen enough (`| head`) closes the pipe: that is no error.
for (const [name, stream] of [
  ["stdout", process.stdout],
  ["stderr", process.stderr],
] as const)
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    if (name === "stdout") process.stderr.write(`error: stdout: ${reasonOf(error)}\n`);
    process.exit(2);
  });

process.exitCode = run(process.argv.slice(2), realIo());
