import {
  type ConnectionRow,
  type DatabaseBudget,
  type FittingSetting,
  type OwnedNumber,
  type SettingOwner,
  type Spot,
  type TextEdit,
  type UncountedRow,
  type WhatIf,
  writeNumber,
} from "@dbops/core";

/** A server with those who connect to it, or one of them, as `kubectl dbops pool` counts them. */
export interface PoolItem {
  readonly owner: SettingOwner;
  readonly label: string;
  /** The sum first: lists cut what is long. */
  readonly detail: string;
  /** What else is to be said, each on a line of its own. */
  readonly notes: readonly string[];
  /** Where the number that matters most is written. */
  readonly at: Spot;
  /** The sum does not fit, always or while a new version rolls out. */
  readonly isOver: "peak" | "rollout" | undefined;
  /** Its numbers that may be tried out. */
  readonly numbers: readonly OwnedNumber[];
  /** Those of them that would make the sum of the server fit, the one that fits always first. */
  readonly proposals: readonly FittingSetting[];
  /** One of its numbers is tried out. */
  readonly isSupposed: boolean;
  /** Its sum is not that of the files. */
  readonly isTrial: boolean;
  readonly children: readonly PoolItem[];
}

/** Where budgets come from: a session. */
interface Pools {
  pools(whatIf?: WhatIf): Promise<readonly DatabaseBudget[]>;
}

/** The connections of a folder, with the numbers that a person tries out: the files stay as they are until these are written. */
export class PoolView {
  readonly #session: Pools;
  /** By role, name and setting. */
  readonly #supposed = new Map<string, number>();

  constructor(session: Pools) {
    this.#session = session;
  }

  /** Servers that somebody connects to, with the sums as they would be. */
  async items(): Promise<readonly PoolItem[]> {
    return (await this.#session.pools(this.#whatIf)).map((each) => this.#itemOf(each));
  }

  /** Calculates with another number from now on. */
  suppose(owner: SettingOwner, setting: string, value: number): void {
    this.#supposed.set(keyOf(owner, setting), value);
  }

  /** Calculates with what the manifests say again, for one or for all. */
  reset(owner?: SettingOwner): void {
    if (owner === undefined) this.#supposed.clear();
    else for (const key of this.#supposed.keys()) if (key.startsWith(keyOf(owner, ""))) this.#supposed.delete(key);
  }

  /** The edits that write what is supposed of one; undefined: a number is not written where it can be changed. */
  async edits(owner: SettingOwner): Promise<readonly TextEdit[] | undefined> {
    const edits = new Map<string, TextEdit>();
    for (const number of (await this.#session.pools()).flatMap(({ numbers }) => numbers)) {
      const value = isSame(number.owner, owner) ? this.#whatIf(owner, number.setting) : undefined;
      if (value === undefined) continue;
      const edit = writeNumber(number, value);
      if (edit === undefined) return undefined;
      edits.set(`${edit.uri} ${edit.span.start}`, edit);
    }
    return [...edits.values()];
  }

  readonly #whatIf: WhatIf = (owner, setting) => this.#supposed.get(keyOf(owner, setting));

  #itemOf(each: DatabaseBudget): PoolItem {
    const { budget, name, server, inWords, numbers, peakFits, rolloutFits } = each;
    const { limit, limitFormula, rows, uncounted, database } = budget;
    const owner: SettingOwner = { role: "database", name: database.resource.name };
    const tried = [
      ...new Set(
        numbers.flatMap((number) => this.#supposedOf(number).map((text) => `${text} of ${number.owner.name}`)),
      ),
    ];
    const isOver = (sum: number): boolean => limit.value !== undefined && sum > limit.value;
    return {
      ...this.#ownedBy(owner, each),
      label: name,
      detail: `${inWords ?? unknownSum(each)}${tried.length === 0 ? "" : ` · what if ${tried.join(", ")}`}`,
      notes: [
        server,
        limitFormula,
        ...new Set([...peakFits.map(({ text }) => text), ...rolloutFits.map(({ text }) => `during a rollout ${text}`)]),
      ].filter((line) => line !== ""),
      at: spotOf(
        "origin" in limit && limit.origin === "written" ? limit.at : database.resource.node.nearest("metadata", "name"),
      ),
      isOver: isOver(budget.peak) ? "peak" : isOver(budget.rollout) ? "rollout" : undefined,
      isTrial: tried.length > 0,
      children: [...rows, ...uncounted].map((row) => this.#childOf(row, each)),
    };
  }

  #childOf(row: ConnectionRow | UncountedRow, each: DatabaseBudget): PoolItem {
    const owner: SettingOwner = { role: row.role, name: row.label.replace(/^.*\//, "") };
    const { label, at } = row;
    const own = this.#ownedBy(owner, each);
    const supposed = own.numbers.flatMap((number) => this.#supposedOf(number));
    const shown = { ...own, label, at: spotOf(at), isOver: undefined, isTrial: own.isSupposed, children: [] };
    const detail = (words: string): string =>
      [words, ...(own.isSupposed ? [`what if ${supposed.join(", ")}`] : [])].join(" · ");
    if ("because" in row) return { ...shown, detail: detail(row.because), notes: [] };
    const rollout = row.rollout > row.peak ? `${row.rollout} during a rollout, ` : "";
    return {
      ...shown,
      detail: detail(`${rollout}${row.peak} = ${row.formula}`),
      notes: [...row.terms.map(({ message }) => message), ...row.more.map((reason) => `at least: ${reason}`)],
    };
  }

  #ownedBy(
    owner: SettingOwner,
    { numbers, peakFits, rolloutFits }: DatabaseBudget,
  ): Pick<PoolItem, "owner" | "numbers" | "proposals" | "isSupposed"> {
    const own = numbers.filter((number) => isSame(number.owner, owner));
    const first = new Map(own.toReversed().map((number) => [number.setting, number]));
    const distinct = [...first.values()].toReversed();
    return {
      owner,
      numbers: distinct,
      proposals: [...rolloutFits, ...peakFits].filter((fitting) => isSame(fitting.owner, owner)),
      isSupposed: distinct.some((number) => this.#supposedOf(number).length > 0),
    };
  }

  #supposedOf({ owner, setting }: OwnedNumber): readonly string[] {
    const value = this.#whatIf(owner, setting);
    return value === undefined ? [] : [`${setting} ${value}`];
  }
}

/** The number that a person typed; undefined: none that a manifest may hold. */
export function numberIn(text: string): number | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text) : undefined;
}

function keyOf({ role, name }: SettingOwner, setting: string): string {
  return `${role} ${name} ${setting}`;
}

function isSame(one: SettingOwner, other: SettingOwner): boolean {
  return one.role === other.role && one.name === other.name;
}

/** A place to go to; of a whole object or file, where a default has its place, the beginning. */
function spotOf({ file, span }: ConnectionRow["at"]): Spot {
  const isLong = file.slice(span).includes("\n");
  return { uri: file.uri, span: isLong ? { start: span.start, end: span.start } : span };
}

function unknownSum({ budget }: DatabaseBudget): string {
  if (budget.rows.length === 0) return "nobody who connects is counted";
  const atLeast = budget.isLowerBound ? "at least " : "";
  return `${atLeast}${budget.rollout} connections, limit unknown${budget.limit.value === undefined ? `: ${budget.limit.because}` : ""}`;
}
