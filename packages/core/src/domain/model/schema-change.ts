import type { Wrapping } from "../../facts/migration-files.ts";
import type { Resource } from "../../kube/resource.ts";
import type { Span } from "../../text/span.ts";
import type { Place } from "../../yaml/node.ts";
import type { Migration } from "./migration.ts";

/** What a statement of a migration does to the schema or to every row of a table. */
export type SchemaChange = ChangeBase &
  /** Views and types too. */
  (
    | {
        readonly does: "create-table";
        readonly columns: ReadonlyMap<string, string>;
        readonly isEnum: boolean;
        readonly isTemporary: boolean;
      }
    | { readonly does: "drop-table"; readonly isIfExists: boolean }
    | { readonly does: "drop-column" | "drop-view" | "drop-database" | "drop-owned" }
    | { readonly does: "rewrite-table"; readonly rewrite: Rewrite }
    | { readonly does: "drop-schema"; readonly isCascade: boolean }
    /** The tables that CASCADE empties with it, as far as earlier scripts tell. */
    | { readonly does: "empty-table"; readonly isCascade: boolean; readonly referencedBy: readonly string[] }
    | {
        readonly does: "change-rows";
        readonly isDelete: boolean;
        readonly isAll: boolean;
        readonly nullColumn: string | undefined;
      }
    | { readonly does: "copy-rows" }
    | { readonly does: "create-index"; readonly isConcurrent: boolean; readonly isIfNotExists: boolean }
    | { readonly does: "drop-index" | "reindex" | "detach-partition" | "refresh-view"; readonly isConcurrent: boolean }
    | { readonly does: "attach-partition"; readonly other: string | undefined }
    | { readonly does: "rename"; readonly to: string; readonly what: Renamed }
    | { readonly does: "add-column"; readonly type: string; readonly filled: ColumnFill; readonly isRequired: boolean }
    | { readonly does: "set-not-null" }
    | {
        readonly does: "change-type";
        readonly to: string;
        readonly from: string | undefined;
        readonly isComputed: boolean;
      }
    | { readonly does: "add-constraint"; readonly constraint: Constraint; readonly other: string | undefined }
    | { readonly does: "validate-constraint" }
    | { readonly does: "add-enum-value" }
    /** copy-table: MySQL's ALGORITHM=COPY and LOCK=… */
    | { readonly does: "lock-table" | "copy-table"; readonly lock: TableLock }
    /** isReferenced: a foreign key of table `name` refers to it. */
    | { readonly does: "alter-table"; readonly lock: TableLock; readonly isReferenced: boolean }
    | { readonly does: "refuse-transaction" }
    /** MySQL's DDL without ALGORITHM and LOCK: the server chooses between its catalog, its rows and a copy of the table. */
    | {
        readonly does: "server-chooses";
        readonly effect: ServerChoice;
        readonly isRequired: boolean;
        readonly loses: ServerLoss | undefined;
      }
  );

/** adds: requests need not know. removes: requests that name it fail. alters: it may copy the table while writers wait. */
export type ServerChoice = "adds" | "removes" | "alters";

/** What a rewrite of a table is for. */
export type Rewrite = "unlogged" | "logged" | "tablespace" | "space";

/** What is gone for good. rows: those of a table that stays. */
export type ServerLoss = "table" | "rows" | "column" | "partition";

/** Of the things that requests name. */
export type Renamed = "column" | "table" | "view" | "schema" | "value";

/** Weakest first; one that is not listed stops no request. https://www.postgresql.org/docs/current/explicit-locking.html */
export const tableLocks = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type TableLock = (typeof tableLocks)[number];

/** nothing: NULL. constant: kept once in the catalog. computed: written into each row. */
export type ColumnFill = "nothing" | "constant" | "computed";

/** `not-valid`: a CHECK or foreign key that is not checked against the rows there are; `of-index`: one that takes over an index. */
export type Constraint = "check" | "foreign-key" | "unique" | "exclusion" | "not-null" | "not-valid" | "of-index";

interface ChangeBase {
  /** `orders`, `sales.orders`; `public` is left out. undefined: the statement names none. */
  readonly table: string | undefined;
  /** The index, column, constraint or enum value; undefined where the server chooses it. */
  readonly name: string | undefined;
  /** SQL's own words: `CREATE INDEX`, `VACUUM FULL`. */
  readonly words: string;
  /** The statement, and which one of the script it is, from 0. */
  readonly at: Place;
  readonly statement: number;
  /** A DO block runs it. */
  readonly isInBlock: boolean;
}

/** A script of SQL that a release runs for the first time. */
export interface MigrationScript {
  readonly text: string;
  readonly changes: readonly SchemaChange[];
  readonly statements: readonly ScriptStatement[];
  /** Roles that it lets do anything on the server. */
  readonly privileges: readonly GivenPrivilege[];
  /** The BEGIN whose transaction the script leaves open; undefined: it ends each, or a part of it could not be read. */
  readonly leftOpen: Place | undefined;
  /** Tables, views and types that the release itself makes, and tables that it empties: there are no rows, and nobody uses them yet. */
  readonly made: ReadonlySet<string>;
  /** Those of them that other scripts of the release make. */
  readonly madeBeside: ReadonlySet<string>;
  /** Texts of the scripts that ran before it, in the same folder. */
  readonly earlier: readonly string[];
  /** What runs it, in every unit in view; none: nothing in view does. */
  readonly migrations: readonly Migration[];
  /** The object that holds it; undefined: a file of SQL. */
  readonly resource: Resource | undefined;
  /** mysql: MariaDB too; only what is sure without its grammar is read. */
  readonly dialect: "postgresql" | "mysql";
  /** The tool's name; undefined: not known. */
  readonly tool: string | undefined;
  /** How it is run; undefined: not known. */
  readonly wraps: Wrapping | undefined;
  /** What would make its tool run it statement by statement, in a part of its settings that is not known. */
  readonly unless: string | undefined;
  /** How a file leaves its tool's transaction, for people; undefined: it does not need to, or cannot, or that is not known. */
  readonly optOut: string | undefined;
  /** The line that makes it do so at the beginning of the file, and how the file then runs. */
  readonly optOutLine: { readonly text: string; readonly wraps: Wrapping } | undefined;
  /** Where the text as a whole is. */
  readonly at: Place;
  /** The place of a part of the text. */
  inside(part: Span): Place;
}

/** A role that gets SUPERUSER or a predefined role as good as that. */
export interface GivenPrivilege {
  readonly role: string;
  /** `ALTER ROLE app SUPERUSER` */
  readonly words: string;
  readonly at: Place;
}

export interface ScriptStatement {
  readonly span: Span;
  /** Equal for statements that run in one transaction; undefined: in none of several statements, or not known. */
  readonly transaction: number | undefined;
  /** What opens that transaction. */
  readonly openedBy: "the script" | "its tool" | undefined;
}
