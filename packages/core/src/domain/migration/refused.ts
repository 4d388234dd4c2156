import type { MigrationScript, SchemaChange } from "../model/schema-change.ts";

/** Why a statement that no transaction may hold runs in one: a clause for a message, and in which case it does not. */
export interface Refusal {
  readonly error: string;
  readonly because: string;
  /** How it would work, as a clause; empty where that is not known. */
  readonly remedy: string;
  readonly unless: string | undefined;
}

/** What PostgreSQL answers to a statement that cannot run in a transaction; undefined: it runs in none, or that is not known. */
export function refusalOf(script: MigrationScript, change: SchemaChange): Refusal | undefined {
  if (change.isInBlock)
    return {
      error: "cannot be executed from a function",
      because: "a DO block is a transaction",
      remedy: "; outside the block and any transaction it works",
      unless: undefined,
    };
  const openedBy = script.statements[change.statement]?.openedBy;
  if (openedBy === undefined) return undefined;
  return {
    error: "cannot run inside a transaction block",
    because: whyIn(script, openedBy),
    remedy: remedyOf(script),
    unless:
      openedBy === "the script"
        ? undefined
        : script.tool === "Prisma" && change.does === "create-index"
          ? "its version is of 2026-02 or later, which sends such a file statement by statement"
          : script.unless,
  };
}

function whyIn({ tool, wraps, statements }: MigrationScript, openedBy: "the script" | "its tool"): string {
  if (openedBy === "the script") return "the script has begun a transaction before it";
  if (wraps === "query")
    return `${tool} sends the ${statements.length} statements as one query, which is one transaction`;
  if (wraps === "all") return `${tool} runs all new files in one transaction`;
  return tool === "psql" ? "psql runs everything in a single transaction" : `${tool} runs the file in a transaction`;
}

function remedyOf({ optOut, tool, wraps }: MigrationScript): string {
  if (optOut !== undefined) return `; alone in a file with ${optOut} it works`;
  if (wraps !== "query") return "";
  return tool === "psql" ? "; in a -c of its own it works" : "; alone in a file it works";
}
