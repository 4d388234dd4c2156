/** Bytes as text: UTF-8 or UTF-16 by its byte order mark (which stays in the text); undefined for a binary file. */
export function decodeBytes(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes).swap16().toString("utf16le");
  if (isBareUtf16(bytes)) return bytes.toString("utf16le");
  if (bytes.subarray(0, 8000).includes(0)) return undefined;
  return bytes.toString("utf8");
}

/** Text as the bytes it was read from: fixes keep the encoding. */
export function encodeText(text: string, before: Buffer): Buffer {
  if ((before[0] === 0xff && before[1] === 0xfe) || isBareUtf16(before)) return Buffer.from(text, "utf16le");
  if (before[0] === 0xfe && before[1] === 0xff) return Buffer.from(text, "utf16le").swap16();
  return Buffer.from(text, "utf8");
}

/** UTF-16 without a byte order mark, told by its first two characters: text begins with letters or blanks. */
function isBareUtf16(bytes: Buffer): boolean {
  const isText = (byte: number | undefined): boolean =>
    byte !== undefined && (byte >= 0x20 || (byte >= 9 && byte <= 13));
  return bytes.length > 3 && bytes[1] === 0 && bytes[3] === 0 && isText(bytes[0]) && isText(bytes[2]);
}
