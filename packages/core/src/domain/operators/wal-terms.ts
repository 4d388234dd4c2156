import { postgresSeconds } from "../../embedded/units.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { Database } from "../model/database.ts";

/**
 * The time after which a server archives a segment that is not full: what a restore from its archive may lose.
 * @param standard the operator's own, in seconds, where the resource sets none
 * @param node where it would be written
 */
export function archiveTimeout(database: Database | undefined, standard: number, node: YamlNode): Fact<number> {
  const written = database?.settings.written().findLast(({ name }) => name === "archive_timeout")?.value;
  const never = "archive_timeout is 0: a segment is archived only when it is full";
  const at = keyOf(node.nearest("spec"));
  if (written === undefined) return standard === 0 ? unknown(at, never) : byDefault(standard, at);
  if (written.value === undefined) return written;
  const seconds = postgresSeconds(written.value);
  if (seconds === undefined) return unknown(written.at, "archive_timeout is not a time");
  return seconds === 0 ? unknown(written.at, never) : known(seconds, written.at);
}
