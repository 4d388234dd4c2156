import { isPlaceholder } from "../../kube/placeholder.ts";
import type { Place } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import type { Database } from "../model/database.ts";

/** A line of pg_hba.conf that admits or refuses connections over the network. */
export interface LoginRule extends Place {
  readonly type: string;
  readonly databases: string;
  readonly users: string;
  /** As written: `10.0.0.0/8`, `all`, `samenet`. */
  readonly address: string;
  readonly method: string;
  readonly text: string;
}

/** The network lines of a database's pg_hba.conf in view: of an operator's resource, or of a mounted file. */
export function loginRules(database: Database): readonly LoginRule[] {
  const { engine, operator, resource, container } = database;
  if (engine !== "postgresql") return [];
  if (operator !== undefined)
    return (operator.loginRules ?? []).flatMap((path) => {
      const items = resource.node.at(...path)?.items() ?? [];
      // What stands behind a line that is filled in later may never be asked.
      const open = items.findIndex((item) => isPlaceholder(item.text() ?? ""));
      return items.slice(0, open < 0 ? items.length : open).flatMap((item) => readLine(item.text() ?? "", item) ?? []);
    });
  const files = container?.filesUnder("/").filter((file) => /(^|\/)pg_hba\.conf$/.test(file.path)) ?? [];
  return files.flatMap(({ content }) => {
    const { value } = content;
    return value === undefined ? [] : readText(value, content.at);
  });
}

function readText(text: string, at: Place): readonly LoginRule[] {
  const rules: LoginRule[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    const start = offset + line.search(/\S|$/);
    const rule = readLine(line, partOf(at, text, { start, end: offset + line.trimEnd().length }));
    if (rule !== undefined) rules.push(rule);
    offset += line.length + 1;
  }
  return rules;
}

/** https://www.postgresql.org/docs/current/auth-pg-hba-conf.html */
function readLine(line: string, at: Place): LoginRule | undefined {
  const [rule = ""] = line.split("#", 1);
  const words = rule.trim().split(/\s+/);
  const [type = "", databases = "", users = "", address = "", fifth = "", sixth] = words;
  if (!/^host(ssl|nossl|gssenc|nogssenc)?$/.test(type)) return undefined;
  const isMask = /^\d+(\.\d+){3}$/.test(fifth);
  const method = (isMask ? sixth : fifth) ?? "";
  if (method === "") return undefined;
  const { file, span, yamlPath } = at;
  return { file, span, yamlPath, type, databases, users, address, method: method.toLowerCase(), text: words.join(" ") };
}
