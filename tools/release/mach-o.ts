// A thin 64-bit Mach-O file: header, load commands, segments; the last segment, __LINKEDIT, ends the file with the code signature.
// https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
const magic = 0xfeedfacf;
const headerSize = 32;
const segment64 = 0x19;
const codeSignature = 0x1d;

/** One load command of a Mach-O file. */
export interface LoadCommand {
  readonly kind: number;
  /** Its place in the file. */
  readonly at: number;
  readonly size: number;
  /** The name of a segment; of another command none. */
  readonly segment: string | undefined;
}

/** @throws Error where the file is of another kind */
function readCommands(file: Buffer): { readonly commands: readonly LoadCommand[]; readonly end: number } {
  if (file.readUInt32LE(0) !== magic) throw new Error("not a thin 64-bit Mach-O file");
  const commands: LoadCommand[] = [];
  let at = headerSize;
  for (let count = file.readUInt32LE(16); count > 0; count--) {
    const kind = file.readUInt32LE(at);
    const size = file.readUInt32LE(at + 4);
    const name = kind === segment64 ? file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "") : undefined;
    commands.push({ kind, at, size, segment: name });
    at += size;
  }
  return { commands, end: at };
}

/** @throws Error where there is none */
export function segmentNamed(file: Buffer, name: string): LoadCommand {
  const found = readCommands(file).commands.find(({ segment }) => segment === name);
  if (found === undefined) throw new Error(`the Mach-O file has no segment ${name}`);
  return found;
}

/** Where the code signature lies; undefined: the file has none. */
export function signatureOf(
  file: Buffer,
): { readonly command: LoadCommand; readonly at: number; readonly size: number } | undefined {
  const command = readCommands(file).commands.find(({ kind }) => kind === codeSignature);
  if (command === undefined) return undefined;
  return { command, at: file.readUInt32LE(command.at + 8), size: file.readUInt32LE(command.at + 12) };
}

const pageOf16Kilobytes = 0x4000n;

/** Says in the segment __LINKEDIT that the file ends here. */
function endLinkEdit(file: Buffer, end: number): void {
  const { at } = segmentNamed(file, "__LINKEDIT");
  const size = BigInt(end) - file.readBigUInt64LE(at + 40);
  file.writeBigUInt64LE(size, at + 48);
  file.writeBigUInt64LE((size + pageOf16Kilobytes - 1n) & ~(pageOf16Kilobytes - 1n), at + 32);
}

function changeCommands(file: Buffer, count: number, size: number): void {
  file.writeUInt32LE(file.readUInt32LE(16) + count, 16);
  file.writeUInt32LE(file.readUInt32LE(20) + size, 20);
}

/** The file without its signature, which no longer holds once something is changed. */
export function withoutSignature(input: Buffer): Buffer {
  const signature = signatureOf(input);
  if (signature === undefined) return input;
  const file = Buffer.from(input);
  const { command, at } = signature;
  const { end } = readCommands(file);
  file.copy(file, command.at, command.at + command.size, end);
  file.fill(0, end - command.size, end);
  changeCommands(file, -1, -command.size);
  endLinkEdit(file, at);
  return file.subarray(0, at);
}

/** The file with room of this size for a signature at its end. @throws Error where the load commands leave no room for one more */
export function withRoomForSignature(input: Buffer, at: number, size: number): Buffer {
  const file = Buffer.concat([input, Buffer.alloc(at + size - input.length)]);
  const { end } = readCommands(input);
  const commandSize = 16;
  if (end + commandSize > firstSection(input)) throw new Error("the Mach-O file has no room for another load command");
  for (const [index, value] of [codeSignature, commandSize, at, size].entries())
    file.writeUInt32LE(value, end + 4 * index);
  changeCommands(file, 1, commandSize);
  endLinkEdit(file, at + size);
  return file;
}

/** Where the first section's content begins: load commands end before it. */
function firstSection(file: Buffer): number {
  const offsets = readCommands(file).commands.flatMap(({ at, segment }) => {
    if (segment === undefined) return [];
    const sections = [...Array(file.readUInt32LE(at + 64)).keys()];
    return sections.map((index) => file.readUInt32LE(at + 72 + 80 * index + 48)).filter((offset) => offset > 0);
  });
  return Math.min(...offsets);
}
