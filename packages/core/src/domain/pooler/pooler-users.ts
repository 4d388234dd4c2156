import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Pooler } from "../model/pooler.ts";
import { fileOfPooler } from "./pooler-files.ts";

/** A line of userlist.txt. */
export interface ListedUser {
  readonly name: string;
  /** What stands for the password; none: nothing between the quotes. */
  readonly stored: "plain" | "md5" | "scram" | "none";
  /** Of the name, never of the secret. */
  readonly at: Place;
}

/**
 * The users of the pooler's auth_file; undefined where it is not in view or filled in later.
 * https://www.pgbouncer.org/config.html#authentication-file-format
 */
export function listedUsers(pooler: Pooler): readonly ListedUser[] | undefined {
  const path = pooler.settings.get("auth_file")?.value;
  const file = path === undefined ? undefined : fileOfPooler(pooler, path);
  if (file?.state !== "here" || file.content.value === undefined) return undefined;
  const { content } = file;
  const text = file.content.value;
  if (/\$\{|\{\{|\$\(|<[A-Za-z]/.test(text)) return undefined;
  return [...text.matchAll(/^[ \t]*"((?:[^"]|"")*)"[ \t]+"((?:[^"]|"")*)"/gm)].map((match): ListedUser => {
    const [whole, name = "", secret = ""] = match;
    const start = match.index + whole.indexOf('"');
    return {
      name,
      stored: storedAs(secret),
      at: partOf(content.at, text, { start, end: start + name.length + 2 }),
    };
  });
}

function storedAs(secret: string): ListedUser["stored"] {
  if (secret === "") return "none";
  if (/^md5[0-9a-fA-F]{32}$/.test(secret)) return "md5";
  return /^SCRAM-SHA-256\$/.test(secret) ? "scram" : "plain";
}
