/** A cursor on PostgreSQL's tree, which is JSON from outside: a field that is absent or of another shape reads as nothing. */
export class SqlNode {
  /** `IndexStmt`, `AlterTableCmd`, …; empty where the node is not wrapped in its kind. */
  readonly kind: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  private constructor(kind: string, fields: Readonly<Record<string, unknown>>) {
    this.kind = kind;
    this.#fields = fields;
  }

  /** `{ "IndexStmt": { … } }` is a node of that kind, `{ "relname": … }` one without. */
  static of(json: unknown): SqlNode | undefined {
    if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
    const entries = Object.entries(json);
    const [first] = entries;
    const inner = first?.[1];
    const isWrapped = entries.length === 1 && first !== undefined && /^[A-Z]/.test(first[0]);
    if (isWrapped && typeof inner === "object" && inner !== null)
      return new SqlNode(first[0], inner as Readonly<Record<string, unknown>>);
    return new SqlNode("", json as Readonly<Record<string, unknown>>);
  }

  at(field: string): SqlNode | undefined {
    return SqlNode.of(this.#fields[field]);
  }

  items(field: string): readonly SqlNode[] {
    const list = this.#fields[field];
    return Array.isArray(list) ? list.flatMap((each) => SqlNode.of(each) ?? []) : [];
  }

  text(field: string): string | undefined {
    const value = this.#fields[field];
    return typeof value === "string" ? value : undefined;
  }

  number(field: string): number | undefined {
    const value = this.#fields[field];
    return typeof value === "number" ? value : undefined;
  }

  is(field: string): boolean {
    return this.#fields[field] === true;
  }

  /** This node and all below it. */
  *walk(): Iterable<SqlNode> {
    yield this;
    for (const value of Object.values(this.#fields))
      for (const each of Array.isArray(value) ? value : [value]) {
        const node = SqlNode.of(each);
        if (node !== undefined) yield* node.walk();
      }
  }
}
