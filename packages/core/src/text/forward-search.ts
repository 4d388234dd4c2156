/** `indexOf` for readers that go forward through a text: what was found once is not searched for again, so that all calls together are linear. */
export class ForwardSearch {
  readonly text: string;
  readonly #found = new Map<string, { readonly from: number; readonly at: number }>();

  constructor(text: string) {
    this.text = text;
  }

  /** Where the needle stands next; the text's length where it does not. */
  next(needle: string, from: number): number {
    const known = this.#found.get(needle);
    if (known !== undefined && known.from <= from && from <= known.at) return known.at;
    const index = this.text.indexOf(needle, from);
    const at = index < 0 ? this.text.length : index;
    this.#found.set(needle, { from, at });
    return at;
  }

  lineEnd(from: number): number {
    return this.next("\n", from);
  }
}
