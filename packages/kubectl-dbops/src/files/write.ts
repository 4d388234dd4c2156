import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import type { SourceFile } from "@dbops/core";
import { decodeBytes, encodeText } from "./decode.ts";
import { reasonOf } from "./discover.ts";

/** A file's text as it was read, and as it is to be. */
export interface ChangedFile {
  readonly before: SourceFile;
  readonly after: SourceFile;
}

/**
 * Writes texts atomically: a temporary file beside the target, then a rename; mode, owner and encoding stay, and a link stays a
 * link. A file that was changed meanwhile is left alone. Gives what failed.
 */
export function writeFiles(
  files: readonly ChangedFile[],
): readonly { readonly uri: string; readonly reason: string }[] {
  return files.flatMap((file) => {
    const written = prepare(file);
    const reason = typeof written === "string" ? written : written.commit();
    return reason === undefined ? [] : [{ uri: file.after.uri, reason }];
  });
}

/** A text that lies ready beside its target. */
export interface Prepared {
  /** Puts it in place; gives why not. */
  commit(): string | undefined;
}

/** Writes the new text beside the file; gives why that cannot be. */
export function prepare({ before, after }: ChangedFile): Prepared | string {
  try {
    const target = realpathSync(before.uri);
    const stats = statSync(target);
    // A rename would replace a file that its owner has protected.
    if ((stats.mode & 0o222) === 0) return "it is read-only";
    accessSync(target, constants.W_OK);
    const bytes = readFileSync(target);
    if (decodeBytes(bytes) !== before.text) return changedMeanwhile;
    if (!encodeText(before.text, bytes).equals(bytes)) return "not UTF-8, so writing it would change it";
    const temporary = writeBeside(target, encodeText(after.text, bytes), stats);
    return { commit: () => attempt(temporary, () => replace(target, temporary, bytes)) };
  } catch (error) {
    return reasonOf(error);
  }
}

const changedMeanwhile = "it has changed in the meantime";

/** Renames the temporary file over the target, unless the target no longer holds `expected`: somebody saved it meanwhile. */
function replace(target: string, temporary: string, expected: Buffer): string | undefined {
  const kept = `${temporary}.old`;
  try {
    linkSync(target, kept);
  } catch {
    // A file system without links: look as late as possible.
    if (!readFileSync(target).equals(expected)) throw new Error(changedMeanwhile);
    renameSync(temporary, target);
    return undefined;
  }
  renameSync(temporary, target);
  // What was replaced can still be read: an editor may have written it a moment ago.
  if (readFileSync(kept).equals(expected)) {
    rmSync(kept);
    return undefined;
  }
  renameSync(kept, target);
  return changedMeanwhile;
}

/** @returns why it failed; the temporary file is gone then */
function attempt(temporary: string, write: () => string | undefined): string | undefined {
  try {
    return write();
  } catch (error) {
    return error instanceof Error && error.message === changedMeanwhile ? changedMeanwhile : reasonOf(error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Writes a file of our own (a baseline, a report) whole or not at all; what is no ordinary file (`/dev/stdout`, a pipe) is
 * written to directly.
 * @throws NodeJS.ErrnoException; an existing file is then as it was
 */
export function replaceFile(file: string, text: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) {
    writeFileSync(file, text);
    return;
  }
  if (stats !== undefined) accessSync(file, constants.W_OK);
  const target = stats === undefined ? file : realpathSync(file);
  const temporary = writeBeside(target, Buffer.from(text), stats);
  try {
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Whether this is a file of our own, or what lies beside it while it is written. */
export function isWrittenFor(target: string, file: string): boolean {
  return file === target || file.startsWith(path.join(path.dirname(target), leadBeside(target)));
}

function leadBeside(target: string): string {
  return `.${path.basename(target)}.dbops-`;
}

/** A name that no other process takes, and that tells whose it is: a killed run leaves its file behind. */
function writeBeside(target: string, bytes: Buffer, stats: Stats | undefined): string {
  const folder = path.dirname(target);
  const lead = leadBeside(target);
  removeAbandoned(folder, lead);
  const temporary = path.join(folder, `${lead}${process.pid}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      // A full disk may show itself only here.
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (stats !== undefined) keepOwner(temporary, stats);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** Temporary files of the target whose process is gone. */
function removeAbandoned(folder: string, lead: string): void {
  for (const name of readdirSync(folder)) {
    const process = name.startsWith(lead) ? /^(\d+)\.tmp(\.old)?$/.exec(name.slice(lead.length))?.[1] : undefined;
    if (process !== undefined && !isRunning(Number(process))) rmSync(path.join(folder, name), { force: true });
  }
}

function isRunning(id: number): boolean {
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function keepOwner(file: string, { mode, uid, gid }: Stats): void {
  try {
    if (statSync(file).uid !== uid || statSync(file).gid !== gid) chownSync(file, uid, gid);
  } catch {
    // Only root may give files away; the text is what matters.
  }
  chmodSync(file, mode & 0o7777);
}
