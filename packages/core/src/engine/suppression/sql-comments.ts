import type { Finding } from "../../rule/finding.ts";
import type { SourceFile } from "../../text/source-file.ts";
import type { Comment } from "../../yaml/document.ts";
import type { SuppressionScope, WrittenSuppression } from "./write-suppression.ts";

/** The comments of a script that speak to dbops, as they would be in YAML: `#` for the dashes that begin them. */
export function sqlComments(file: SourceFile): readonly Comment[] {
  const comments: Comment[] = [];
  for (let start = file.text.indexOf("-- dbops"); start >= 0; start = file.text.indexOf("-- dbops", start + 1)) {
    const newline = file.text.indexOf("\n", start);
    const end = newline < 0 ? file.text.length : newline;
    comments.push({ span: { start, end }, text: `#${file.text.slice(start + 2, end).trimEnd()}` });
    start = end;
  }
  return comments;
}

/** A comment above the statement, or on top of the file. */
export function suppressInSql(
  file: SourceFile,
  { ruleId, location }: Pick<Finding, "ruleId" | "location">,
  scope: SuppressionScope,
  reason: string,
): WrittenSuppression {
  const start = scope === "file" ? 0 : file.lineSpan(file.positionAt(location.span.start).line).start;
  const text = `-- dbops-disable-${scope === "file" ? "file" : "next-line"} ${ruleId} -- ${reason}`;
  const newline = file.text.includes("\r\n") ? "\r\n" : "\n";
  return {
    edits: [{ uri: file.uri, span: { start, end: start }, newText: `${text}${newline}` }],
    reasonAt: start + text.length,
  };
}
