import { createHash } from "node:crypto";
import { segmentNamed, signatureOf, withoutSignature, withRoomForSignature } from "./mach-o.ts";

// An ad-hoc signature names no signer and proves nothing but that the file is whole; Apple silicon starts nothing without one.
// https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/kern/cs_blobs.h (numbers are big-endian)
const superBlobMagic = 0xfade0cc0;
const codeDirectoryMagic = 0xfade0c02;
const codeDirectoryVersion = 0x20400;
const adHocAndLinkerSigned = 0x20002;
const mainBinary = 1n;
const superBlobSize = 20;
const directorySize = 88;
const pageSize = 4096;
const hashSize = 32;

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** The executable with an ad-hoc signature in place of the one that it had. */
export function signAdHoc(input: Buffer, identifier: string): Buffer {
  const unsigned = withoutSignature(input);
  const name = Buffer.from(`${identifier}\0`);
  const codeEnd = roundUp(unsigned.length, 16);
  const pages = Math.ceil(codeEnd / pageSize);
  const hashesAt = directorySize + name.length;
  const directoryLength = hashesAt + hashSize * pages;
  const file = withRoomForSignature(unsigned, codeEnd, roundUp(superBlobSize + directoryLength, 16));
  const text = segmentNamed(file, "__TEXT");

  const signature = file.subarray(codeEnd);
  write32(signature, 0, [superBlobMagic, superBlobSize + directoryLength, 1, 0, superBlobSize]);
  const directory = signature.subarray(superBlobSize);
  write32(directory, 0, [
    codeDirectoryMagic,
    directoryLength,
    codeDirectoryVersion,
    adHocAndLinkerSigned,
    hashesAt,
    directorySize, // where the identifier stands
    0, // hashes of other parts
    pages,
    codeEnd,
  ]);
  directory.set([hashSize, 2 /* SHA-256 */, 0, Math.log2(pageSize)], 36);
  directory.writeBigUInt64BE(file.readBigUInt64LE(text.at + 40), 64);
  directory.writeBigUInt64BE(file.readBigUInt64LE(text.at + 48), 72);
  directory.writeBigUInt64BE(mainBinary, 80);
  name.copy(directory, directorySize);
  for (let page = 0; page < pages; page++) pageHash(file, page, codeEnd).copy(directory, hashesAt + hashSize * page);
  return file;
}

function write32(buffer: Buffer, at: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, at + 4 * index);
}

const pageHash = (file: Buffer, page: number, end: number): Buffer =>
  sha256(file.subarray(page * pageSize, Math.min(end, (page + 1) * pageSize)));

/** What macOS checks before it starts the file: every page has the hash that its signature says. */
export function isSignatureWhole(file: Buffer): boolean {
  const signature = signatureOf(file);
  if (signature === undefined || signature.at + signature.size !== file.length) return false;
  const directory = file.subarray(signature.at + superBlobSize);
  if (file.readUInt32BE(signature.at) !== superBlobMagic || directory.readUInt32BE(0) !== codeDirectoryMagic)
    return false;
  const hashesAt = directory.readUInt32BE(16);
  const pages = directory.readUInt32BE(28);
  const end = directory.readUInt32BE(32);
  return (
    end === signature.at &&
    [...Array(pages).keys()].every((page) =>
      pageHash(file, page, end).equals(
        directory.subarray(hashesAt + hashSize * page, hashesAt + hashSize * (page + 1)),
      ),
    )
  );
}
