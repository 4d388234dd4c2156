import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
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
    const reason = writeFile(file);
    return reason === undefined ? [] : [{ uri: file.after.uri, reason }];
  });
}

function writeFile({ before, after }: ChangedFile): string | undefined {
  let temporary: string | undefined;
  try {
    const target = realpathSync(before.uri);
    const stats = statSync(target);
    // A rename would replace a file that its owner has protected.
    if ((stats.mode & 0o222) === 0) return "it is read-only";
    accessSync(target, constants.W_OK);
    const bytes = readFileSync(target);
    if (decodeBytes(bytes) !== before.text) return "it was changed meanwhile";
    if (!encodeText(before.text, bytes).equals(bytes)) return "not UTF-8, so writing it would change it";
    // A name that nobody else takes is enough, and node:crypto takes longer to load than a file to lint.
    const mark = Math.floor(Math.random() * 0xffffffff).toString(16);
    temporary = path.join(path.dirname(target), `.${path.basename(target)}.${mark}.tmp`);
    writeWhole(temporary, encodeText(after.text, bytes), stats);
    renameSync(temporary, target);
    return undefined;
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    return reasonOf(error);
  }
}

function writeWhole(file: string, bytes: Buffer, { mode, uid, gid }: Stats): void {
  const descriptor = openSync(file, "wx");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    // A full disk may show itself only here.
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    if (statSync(file).uid !== uid || statSync(file).gid !== gid) chownSync(file, uid, gid);
  } catch {
    // Only root may give files away; the text is what matters.
  }
  chmodSync(file, mode & 0o7777);
}
