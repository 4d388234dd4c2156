import { hasPlaceholder, textFact } from "../../kube/placeholder.ts";
import type { Resource } from "../../kube/resource.ts";
import { byDefault, type Fact, known, unknown } from "../../yaml/fact.ts";
import { keyOf, type YamlNode } from "../../yaml/node.ts";
import type { BackupTerms } from "../model/backup-terms.ts";
import type { Database } from "../model/database.ts";
import type { OperatorBackup } from "../model/operator.ts";
import { folderOfStore } from "../storage/store-folder.ts";
import { keepsCopies, whereOperatorStores } from "./backup-terms.ts";

/** How an operator of Percona writes the backups in its custom resource. */
interface Section {
  readonly engine: "mysql" | "mongodb";
  readonly method: OperatorBackup["method"];
  /** `spec.backup` */
  readonly node: YamlNode;
  /** The list of schedules in it. */
  readonly list: string;
  /** The seconds between two uploads of the binary log or oplog. */
  readonly span: Fact<number>;
  readonly databases: readonly Database[];
}

/** The schedules of `spec.backup`, and the stream of changes between them (`pitr`). */
export function backupsOfPercona({ engine, method, node, list, span, databases }: Section): readonly OperatorBackup[] {
  const scheduled = (node.at(list)?.items() ?? []).map((item): OperatorBackup => {
    const schedule = item.at("schedule");
    const isOff = item.boolean("enabled") === false;
    const terms = termsOf(node, item);
    return {
      method,
      engine,
      schedule: schedule === undefined ? undefined : textFact(schedule),
      databases,
      terms: isOff ? { ...terms, fault: { because: "the task is not enabled", at: item.nearest("enabled") } } : terms,
    };
  });
  const pitr = node.at("pitr");
  const stream: readonly OperatorBackup[] =
    pitr?.boolean("enabled") === true
      ? [
          {
            method: "wal-archive",
            engine,
            schedule: undefined,
            databases,
            terms: { ...termsOf(node, pitr), recoveryPoint: span, needsBase: true },
          },
        ]
      : [];
  if (scheduled.length > 0) return [...scheduled, ...stream];
  const fault = { because: `spec.backup has no ${list}`, at: keyOf(node) };
  return [{ method, engine, schedule: undefined, databases, terms: { fault } }, ...stream];
}

/** One backup on demand: an object that names the cluster, and one of its storages. */
export function demandedOfPercona(
  { node }: Resource,
  { engine, method }: Pick<Section, "engine" | "method">,
  reference: string,
  databases: readonly Database[],
): OperatorBackup {
  const spec = node.at("spec");
  const target = spec?.at(reference);
  const section = databases[0]?.resource.node.at("spec", "backup");
  return {
    method,
    engine,
    schedule: undefined,
    databases,
    ...(target === undefined ? {} : { target: textFact(target) }),
    ...(section === undefined || spec === undefined ? {} : { terms: termsOf(section, spec) }),
  };
}

/** What a schedule, or `pitr`, and the storage that it names say. */
function termsOf(section: YamlNode, item: YamlNode): BackupTerms {
  const named = item.at("storageName");
  const name = named?.text();
  const storages = section.at("storages");
  const storage = item.at("binlogServer", "storage") ?? (name === undefined ? onlyOne(storages) : storages?.at(name));
  const count = keepsCopies(item.at("retention", "count") ?? item.at("keep"));
  const keeps =
    count?.value?.kind === "copies" && count.value.copies === 0
      ? byDefault({ kind: "all" } as const, count.at)
      : (count ?? byDefault({ kind: "all" } as const, keyOf(item)));
  const missing = missingStorage(section, item);
  const lies =
    storage === undefined
      ? unknown(named ?? keyOf(item), "its storage is not in view")
      : (whereOperatorStores(
          storage,
          [
            ["s3", "endpointUrl"],
            ["minio", "endpointUrl"],
          ],
          ["volume", "filesystem"],
        ) ?? (storage.text("type") === "filesystem" ? known("cluster" as const, keyOf(storage)) : undefined));
  const folder = folderOfStore(storage);
  return {
    ...(name === undefined ? {} : { store: name }),
    ...(folder === undefined ? {} : { folder }),
    keeps,
    ...(lies === undefined ? {} : { lies }),
    ...(missing === undefined
      ? {}
      : { fault: { because: `spec.backup has no storage ${missing.name}`, at: missing.at } }),
  };
}

/** The storage that a schedule, or `pitr`, names and `spec.backup.storages` does not have. */
export function missingStorage(
  section: YamlNode,
  item: YamlNode,
): { readonly name: string; readonly storages: readonly string[]; readonly at: YamlNode } | undefined {
  const at = item.at("storageName");
  const name = at?.text();
  const storages = section
    .at("storages")
    ?.entries()
    .map(([key]) => key);
  if (at === undefined || name === undefined || storages === undefined) return undefined;
  if ([name, ...storages].some(hasPlaceholder) || storages.includes(name)) return undefined;
  return { name, storages, at };
}

function onlyOne(storages: YamlNode | undefined): YamlNode | undefined {
  const [only, ...more] = storages?.entries() ?? [];
  return more.length === 0 ? only?.[1] : undefined;
}

/** The value at a path of a section, in seconds, or the operator's own. */
export function spanOf(section: YamlNode, path: readonly string[], unit: number, standard: number): Fact<number> {
  const node = section.at(...path);
  if (node === undefined) return byDefault(standard, keyOf(section.nearest(...path)));
  const text = node.text() ?? "";
  return /^\d+(?:\.\d+)?$/.test(text) ? known(Number(text) * unit, node) : unknown(node, "it is filled in later");
}
