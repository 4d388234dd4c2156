import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { SourceFile } from "@dbops/core";
import { encodeText } from "./decode.ts";
import { reasonOf } from "./discover.ts";

/** Writes texts atomically: a temporary file beside the target, then a rename; mode and encoding stay. Gives what failed. */
export function writeFiles(
  files: readonly SourceFile[],
  bytes: ReadonlyMap<string, Buffer>,
): readonly { readonly uri: string; readonly reason: string }[] {
  const failures: { uri: string; reason: string }[] = [];
  for (const file of files) {
    let temporary: string | undefined;
    try {
      // A link stays a link: the file behind it is replaced.
      const target = realpathSync(file.uri);
      const before = bytes.get(file.uri) ?? readFileSync(target);
      temporary = path.join(path.dirname(target), `.${path.basename(target)}.dbops-new`);
      writeFileSync(temporary, encodeText(file.text, before), { flag: "wx" });
      chmodSync(temporary, statSync(target).mode);
      renameSync(temporary, target);
    } catch (error) {
      if (temporary !== undefined) rmSync(temporary, { force: true });
      failures.push({ uri: file.uri, reason: reasonOf(error) });
    }
  }
  return failures;
}
