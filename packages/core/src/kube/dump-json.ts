/** Behind the JSON value that begins here; undefined: it does not end before the limit, or a text in it holds a line break. */
export function endOfJson(text: string, start: number, limit: number): number | undefined {
  let depth = 0;
  for (let at = start; at < limit; at++)
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at, limit);
        if (end === undefined) return undefined;
        at = end - 1;
        break;
      }
      case 0x7b:
      case 0x5b:
        depth++;
        break;
      case 0x7d:
      case 0x5d:
        if (--depth === 0) return at + 1;
        if (depth < 0) return undefined;
        break;
      default:
    }
  return undefined;
}

function endOfString(text: string, start: number, limit: number): number | undefined {
  for (let at = start + 1; at < limit; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x22) return at + 1;
    else if (code === 0x0a) return undefined;
  }
  return undefined;
}

/** Where what is broken ends: before the next line that begins a value, a document or a log. */
export function regionEnd(text: string, start: number): number {
  for (let newline = text.indexOf("\n", start); newline >= 0; newline = text.indexOf("\n", newline + 1)) {
    const next = text[newline + 1];
    if (next === "{" || next === "[") return newline + 1;
    if (text.startsWith("---", newline + 1) || text.startsWith("==== START", newline + 1)) return newline + 1;
  }
  return text.length;
}

/** Items that can be read of a list that cannot, and where it breaks. */
interface Items {
  /** What a typed list says of them. */
  readonly type: { readonly kind: string; readonly apiVersion: string | undefined } | undefined;
  readonly items: readonly unknown[];
  readonly brokenAt: number | undefined;
}

export function jsonItems(text: string, start: number, limit: number): Items {
  const at = text[start] === "[" ? start + 1 : startOfItems(text, start, limit);
  const items: unknown[] = [];
  let brokenAt: number | undefined;
  if (at === undefined) return { type: undefined, items, brokenAt };
  const type = typeIn(text.slice(start, Math.min(at, start + 2000)));
  for (let item = nextItem(text, at, limit); item !== undefined; ) {
    const end = endOfJson(text, item, limit);
    const value = end === undefined ? undefined : parsed(text.slice(item, end));
    if (value !== undefined) items.push(value);
    else {
      brokenAt ??= item;
      // Of a list in the list, the items that can be read.
      const inner = end === undefined ? startOfItems(text, item, limit) : undefined;
      if (inner !== undefined) {
        item = nextItem(text, inner, limit);
        continue;
      }
    }
    if (end === undefined) break;
    item = nextItem(text, end, limit);
  }
  return { type, items, brokenAt: brokenAt ?? limit };
}

/** The next object of a list, behind blanks and commas; undefined: the list ends, or something else comes. */
function nextItem(text: string, start: number, limit: number): number | undefined {
  let at = start;
  while (at < limit && /[\s,]/.test(text[at] ?? "")) at++;
  return at < limit && text[at] === "{" ? at : undefined;
}

/** Behind the `[` of `"items": [`, in the map that begins here and not in what it holds. */
function startOfItems(text: string, start: number, limit: number): number | undefined {
  let depth = 0;
  for (let at = start; at < limit; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at, limit);
      if (end === undefined) return undefined;
      if (depth === 1 && text.startsWith('"items"', at)) {
        const list = /\s*:\s*\[/y;
        list.lastIndex = end;
        if (list.test(text)) return list.lastIndex;
      }
      at = end - 1;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth < 1) return undefined;
  }
  return undefined;
}

function typeIn(head: string): Items["type"] {
  const kind = /"kind"\s*:\s*"(\w+)List"/.exec(head)?.[1];
  const apiVersion = /"apiVersion"\s*:\s*"([\w./-]+)"/.exec(head)?.[1];
  return kind === undefined ? undefined : { kind, apiVersion };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
