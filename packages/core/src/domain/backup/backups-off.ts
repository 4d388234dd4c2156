import type { YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";

/** Why an operator takes no backups of a database: the section for them is missing, switched off or empty; undefined: it may take some. */
export function backupsOff({
  operator,
  resource,
}: Database): { readonly because: string; readonly at: YamlNode } | undefined {
  const section = operator?.backups;
  if (section === undefined) return undefined;
  const node = resource.node.at(...section.path);
  const isOff =
    node === undefined ||
    (section.enabled !== undefined && isOffOrMissing(node.at(section.enabled))) ||
    (section.list !== undefined && isEmptyOrMissing(node.at(section.list)));
  return isOff ? { because: section.missing, at: node ?? resource.node.nearest("spec") } : undefined;
}

/** A placeholder may be true. */
function isOffOrMissing(node: YamlNode | undefined): boolean {
  return node === undefined || node.boolean() === false;
}

function isEmptyOrMissing(node: YamlNode | undefined): boolean {
  return node === undefined || node.items().length + node.entries().length === 0;
}
