import type { SqlStatement } from "../../embedded/sql.ts";
import type { Wrapping } from "../../facts/migration-files.ts";
import type { ScriptStatement } from "../model/schema-change.ts";

/** The statement that begins a transaction which nothing ends; undefined: there is none. */
export function openBegin(statements: readonly SqlStatement[]): SqlStatement | undefined {
  let open: SqlStatement | undefined;
  for (const statement of statements) {
    const kind = statement.node.kind === "TransactionStmt" ? statement.node.text("kind") : undefined;
    if (kind === undefined || /SAVEPOINT|RELEASE|ROLLBACK_TO/.test(kind)) continue;
    open = kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START" ? (open ?? statement) : undefined;
  }
  return open;
}

/** Which statements of a script run in one transaction; undefined wrapping: how it is run is not known, so only its own BEGIN counts. */
export function transactionsIn(
  statements: readonly SqlStatement[],
  wraps: Wrapping | undefined,
): readonly ScriptStatement[] {
  const isQuery = wraps === "query" && statements.length > 1;
  let number = 0;
  let openedBy: ScriptStatement["openedBy"] = wraps === "file" || wraps === "all" || isQuery ? "its tool" : undefined;
  return statements.map(({ node, span }) => {
    const kind = node.kind === "TransactionStmt" ? node.text("kind") : undefined;
    if ((kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") && openedBy === undefined) openedBy = "the script";
    const statement: ScriptStatement = { span, transaction: openedBy === undefined ? undefined : number, openedBy };
    if (kind === "TRANS_STMT_COMMIT" || kind === "TRANS_STMT_ROLLBACK") {
      number++;
      // What is left of one query is a transaction again, what is left of a tool's is not.
      openedBy = isQuery ? "its tool" : undefined;
    }
    return statement;
  });
}
