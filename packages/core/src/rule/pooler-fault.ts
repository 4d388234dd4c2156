import { nameOf } from "../domain/model/names.ts";
import type { Pooler } from "../domain/model/pooler.ts";
import type { PoolerFault } from "../domain/pgbouncer/pooler-faults.ts";
import type { Finding, Fix } from "./finding.ts";
import { editFix } from "./fix.ts";
import type { Report } from "./rule.ts";

/** A fault as a rule reports it: what does not start, or what is not read as meant, and the edit where only one thing can be meant. */
export function reportOfFault(fault: PoolerFault, pooler: Pooler): Report {
  const name = nameOf(pooler.resource);
  const sentence =
    fault.refusedBy !== undefined
      ? `${fault.refusedBy} refuses ${name}: ${fault.message}`
      : fault.refuses
        ? `PgBouncer of ${name} does not start: ${fault.message}`
        : `In PgBouncer of ${name}, ${fault.message}`;
  const severity: Finding["severity"] = fault.refuses ? "error" : "warning";
  return {
    message: /\?$/.test(sentence) ? sentence : `${sentence}.`,
    at: fault.at,
    severity,
    fixes: [fixOf(fault)],
  };
}

/** PgBouncer reads its file at a start or RELOAD, so that an edit of it restarts nothing. */
function fixOf({ at, node, meant, comment, kind }: PoolerFault): Fix | undefined {
  if (node?.style !== "literal" || meant === undefined) return undefined;
  const { uri, text } = at.file;
  const changes = node.yamlPath;
  const edit = { uri, span: at.span, newText: meant, changes };
  if (comment !== undefined) {
    const lineStart = text.lastIndexOf("\n", at.span.start - 1) + 1;
    const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
    const above = { uri, span: { start: lineStart, end: lineStart }, newText: `${indent}${comment}\n`, changes };
    return editFix({ title: "Move the comment to a line of its own", safety: "safe", edits: [above, edit] });
  }
  if (kind === "part-of-value") return editFix({ title: "Remove the quotes", safety: "safe", edits: [edit] });
  const isCertain = kind === "invalid" && /^\d+$/.test(meant);
  return editFix({
    title: `Write ${meant}`,
    edits: [edit],
    ...(isCertain
      ? { safety: "safe" }
      : {
          safety: "unsafe",
          consequence: "PgBouncer picks it up at its next start or RELOAD; check that it is what you meant.",
        }),
  });
}
