import type { Pooler } from "../../domain/model/pooler.ts";
import { faultsOfPooler, type PoolerFault } from "../../domain/pgbouncer/pooler-faults.ts";
import { editFix } from "../../rule/fix.ts";
import { reportOfFault } from "../../rule/pooler-fault.ts";
import { defineRule, type Report } from "../../rule/rule.ts";
import { groupBy } from "../../text/group-by.ts";

export default defineRule({
  id: "pooler-value-holds-comment",
  subject: "pooler",
  meta: {
    summary: "A comment after a value, or quotes around it, become part of the value.",
    rationale:
      'In pgbouncer.ini `;` and `#` begin a comment only at the start of a line, and quotes in `[pgbouncer]` are taken literally. A number or mode with them is refused; text is passed on to the server: `server_reset_query = "DISCARD ALL"` fails after each session, visible only in PostgreSQL\'s log.',
    remedy: "Move the comment to a line of its own; remove the quotes.",
    severity: "error",
    presets: ["recommended", "ephemeral"],
    since: "0.1.0",
    fixable: "safe",
    needs: "file",
    references: ["https://www.pgbouncer.org/config.html"],
    quietWhen: "the value is filled in later.",
  },
  check(pooler, { report }) {
    const faults = faultsOfPooler(pooler).filter(({ kind }) => kind === "part-of-value");
    const isComment = ({ comment, refuses }: PoolerFault): boolean => comment !== undefined && refuses;
    for (const fault of faults) if (!isComment(fault)) report(reportOfFault(fault, pooler));
    // Who writes comments this way writes them behind every value of a file.
    for (const [first, ...others] of groupBy(faults.filter(isComment), ({ at }) => [at.file.uri]).values())
      if (first !== undefined) report(reportOfComments(first, others, pooler));
  },
});

/** One finding at the first, with the others as its places. */
function reportOfComments(first: PoolerFault, others: readonly PoolerFault[], pooler: Pooler): Report {
  const alone = reportOfFault(first, pooler);
  if (others.length === 0) return alone;
  const fixes = [first, ...others].map((fault) => reportOfFault(fault, pooler).fixes?.[0]);
  const isWhole = fixes.every((fix) => fix !== undefined && fix.safety === "safe");
  return {
    ...alone,
    message: `${alone.message.slice(0, -1)}, and ${others.length === 1 ? "1 more value has" : `${others.length} more values have`} one.`,
    related: others.map(({ at }) => ({ message: "another value with a comment", at })),
    fixes: isWhole
      ? [
          editFix({
            title: `Move the ${fixes.length} comments to lines of their own`,
            safety: "safe",
            edits: fixes.flatMap((fix) => fix?.edits ?? []),
          }),
        ]
      : [],
  };
}
