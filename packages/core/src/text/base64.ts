import { withoutEnd } from "./scan.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Whether the API server reads the text as base64: padded, line breaks allowed, no other blanks. */
export function isBase64(text: string): boolean {
  const joined = text.replace(/[\r\n]/g, "");
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined);
}

/** Decodes the base64 of a Secret's `data` as UTF-8; undefined where it is not base64 of text. */
export function decodeBase64(text: string): string | undefined {
  if (!isBase64(text)) return undefined;
  const clean = withoutEnd(text.replace(/[\r\n]/g, ""), "=");
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const character of clean) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    buffer = ((buffer << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  try {
    return decodeURIComponent(bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  } catch {
    return undefined; // not UTF-8: binary data
  }
}
