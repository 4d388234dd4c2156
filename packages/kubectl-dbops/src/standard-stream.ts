import { fstatSync, writeSync } from "node:fs";

/** stdout or stderr, as far as a command line needs it. */
export interface StandardStream {
  readonly isTerminal: boolean;
  /** Columns of the terminal; undefined off one. */
  readonly columns: number | undefined;
  write(text: string): void;
}

/**
 * Writes to a pipe or file without Node's streams, which take as long to load as a file to lint. A terminal is Node's, asked
 * for by `streamOf`. `onError`: the reader has closed the pipe (EPIPE), the disk is full; it does not come back.
 */
export function standardStream(
  descriptor: 1 | 2,
  streamOf: () => NodeJS.WriteStream,
  onError: (error: NodeJS.ErrnoException) => never,
): StandardStream {
  const stream = isCharacterDevice(descriptor) ? streamOf() : undefined;
  if (stream?.isTTY === true) {
    stream.on("error", onError);
    return {
      isTerminal: true,
      columns: stream.columns,
      write: (text) => {
        stream.write(text);
      },
    };
  }
  return { isTerminal: false, columns: undefined, write: (text) => writeAll(descriptor, text, onError) };
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false; // closed: the first write says so
  }
}

function writeAll(descriptor: number, text: string, onError: (error: NodeJS.ErrnoException) => never): void {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const problem = error as NodeJS.ErrnoException;
      if (problem.code !== "EAGAIN") onError(problem);
      // A pipe that somebody opened without blocking is full until its reader has read.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
