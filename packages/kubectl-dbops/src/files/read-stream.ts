import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from "node:fs";

/** Files, pipes and stdin above this many bytes are named and not read. */
export const largestFile = 256 * 1024 * 1024;

/**
 * All of a pipe or stdin; undefined when it is larger than `largestFile`: its writer may never end. A pipe that somebody opened
 * without blocking answers EAGAIN until its writer has written.
 */
export function readStream(descriptor: number): Buffer | undefined {
  const parts: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(1 << 16);
  let size = 0;
  for (let length = readSome(descriptor, buffer); length > 0; length = readSome(descriptor, buffer)) {
    size += length;
    if (size > largestFile) return undefined;
    parts.push(Buffer.from(buffer.subarray(0, length)));
  }
  return Buffer.concat(parts);
}

/** Waits for bytes and gives their number; 0: there are no more. */
function readSome(descriptor: number, buffer: Buffer): number {
  for (;;)
    try {
      return readSync(descriptor, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0; // how Windows says that a pipe has ended
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

/** The lines of a pipe, each as soon as its writer has ended it; a line that is too large ends it. */
export function* linesOf(descriptor: number): Generator<string> {
  const buffer = Buffer.allocUnsafe(1 << 16);
  const decoder = new TextDecoder();
  // The line that has not ended yet, in parts: a manifest is one long line to a JSON reader.
  let parts: string[] = [];
  let size = 0;
  for (let length = readSome(descriptor, buffer); length > 0; length = readSome(descriptor, buffer)) {
    const [first = "", ...others] = decoder.decode(buffer.subarray(0, length), { stream: true }).split("\n");
    parts.push(first);
    size += first.length;
    for (const next of others) {
      yield parts.join("");
      parts = [next];
      size = next.length;
    }
    if (size > largestFile) return;
  }
  if (size > 0) yield parts.join("");
}

/** `<(helm template …)` is a pipe that somebody writes to. */
export function isSubstitution(file: string, stats: Stats): boolean {
  return stats.isFIFO() && /^\/(dev|proc)\//.test(file);
}

export function readPipe(file: string): Buffer | undefined {
  const descriptor = openSync(file, "r");
  try {
    return readStream(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A file that a flag or a convention names. @throws for what is none: a device never ends, and a pipe waits for its writer. */
export function readNamedFile(file: string): Buffer {
  const stats = statSync(file);
  const isPipe = isSubstitution(file, stats);
  if (!stats.isFile() && !stats.isDirectory() && !isPipe) throw new Error("not a regular file");
  const bytes = isPipe ? readPipe(file) : stats.size > largestFile ? undefined : readFileSync(file);
  if (bytes === undefined) throw new Error(`more than ${largestFile / 1024 / 1024} MB, too large to read`);
  return bytes;
}
