// A PE32+ file, as Windows' 64-bit executables are; its signature lies at the end, and an entry of the header says where.
// https://learn.microsoft.com/windows/win32/debug/pe-format
const headerPointer = 0x3c;
const optionalHeader = 24;
const pe32Plus = 0x20b;
const checkSum = 64;
const certificateTable = 112 + 8 * 4;

/** Where the signature lies; size 0: the file has none. @throws Error where it is no 64-bit executable */
export function certificatesOf(file: Buffer): { readonly at: number; readonly size: number; readonly header: number } {
  const header = file.length < headerPointer + 4 ? 0 : file.readUInt32LE(headerPointer) + optionalHeader;
  if (file.toString("latin1", 0, 2) !== "MZ" || file.readUInt16LE(header) !== pe32Plus)
    throw new Error("not a 64-bit Windows executable");
  return {
    at: file.readUInt32LE(header + certificateTable),
    size: file.readUInt32LE(header + certificateTable + 4),
    header,
  };
}

/** The executable without its signature, which would not hold once something is added: an unsigned file is honest, a broken one suspect. */
export function withoutCertificates(input: Buffer): Buffer {
  const { at, size, header } = certificatesOf(input);
  if (size === 0) return input;
  if (at + size !== input.length) throw new Error("the signature does not end the Windows executable");
  const file = Buffer.from(input.subarray(0, at));
  file.writeBigUInt64LE(0n, header + certificateTable);
  file.writeUInt32LE(0, header + checkSum);
  return file;
}
