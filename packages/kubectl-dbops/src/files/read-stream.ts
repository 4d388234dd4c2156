import { readSync } from "node:fs";

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
  for (;;) {
    try {
      const length = readSync(descriptor, buffer);
      if (length === 0) return Buffer.concat(parts);
      size += length;
      if (size > largestFile) return undefined;
      parts.push(Buffer.from(buffer.subarray(0, length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
