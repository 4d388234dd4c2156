import { mayHoldManifests } from "./readable.ts";

/** Files that git tracks: what .gitignore says concerns only others. */
export interface TrackedFiles {
  /** @param path from the root of the repository */
  has(path: string): boolean;
  /** Whether a manifest below the folder is tracked. */
  hasBelow(folder: string): boolean;
}

/** Bytes of an entry in front of its name, with SHA-1 names of objects. */
const fixedLength = 62;
/** Longer than any path of an operating system. */
const longestName = 8192;

/**
 * The manifests in the index of a git repository (`.git/index`). undefined: it is not one that this reads (SHA-256 names), or broken.
 * Of a split index only what changed since it was split is known. https://git-scm.com/docs/index-format
 */
export function readGitIndex(bytes: Uint8Array): TrackedFiles | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x44495243) return undefined;
  const version = view.getUint32(4);
  if (version < 2 || version > 4) return undefined;
  const files = new Set<string>();
  const folders = new Set<string>();
  let name = new Uint8Array();
  let at = 12;
  for (let left = view.getUint32(8); left > 0; left--) {
    if (at + fixedLength > bytes.length) return undefined;
    const isExtended = version > 2 && (view.getUint16(at + 60) & 0x4000) !== 0;
    const begin = at + fixedLength + (isExtended ? 2 : 0);
    const written = version === 4 ? afterPrefix(bytes, begin) : { removed: name.length, start: begin };
    const end = bytes.indexOf(0, written.start);
    if (end < 0 || end - written.start > longestName || written.removed > name.length) return undefined;
    const kept = name.length - written.removed;
    // The entry says how long its name is: what does not agree is no entry.
    const length = view.getUint16(at + 60) & 0x0fff;
    if (length < 0x0fff && length !== kept + end - written.start) return undefined;
    const next = new Uint8Array(kept + end - written.start);
    next.set(name.subarray(0, kept));
    next.set(bytes.subarray(written.start, end), kept);
    name = next;
    // Names are padded with one to eight zeros, but in version 4.
    at = version === 4 ? end + 1 : at + Math.ceil((end - at + 1) / 8) * 8;
    const path = textOf(name);
    if (!mayHoldManifests(path)) continue;
    files.add(path);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return { has: (path) => files.has(path), hasBelow: (folder) => folders.has(folder) };
}

/** How many bytes of the name before are not in this one, in seven bits a byte, and where the rest of the name begins. */
function afterPrefix(bytes: Uint8Array, begin: number): { readonly removed: number; readonly start: number } {
  let at = begin;
  let removed = (bytes[at] ?? 0) & 0x7f;
  while (((bytes[at++] ?? 0) & 0x80) !== 0) removed = (removed + 1) * 128 + ((bytes[at] ?? 0) & 0x7f);
  return { removed, start: at };
}

function textOf(utf8: Uint8Array): string {
  const bytes = String.fromCharCode(...utf8);
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  try {
    return decodeURIComponent(
      bytes.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return bytes; // a name that is not UTF-8
  }
}
