import assert from "node:assert/strict";
import { signatureOf, withoutSignature } from "../release/mach-o.ts";
import { isSignatureWhole, signAdHoc } from "../release/sign-mach-o.ts";

const headerSize = 32;
const pageSize = 4096;

/** The smallest file that macOS' loader would recognise: __TEXT with one section, then __LINKEDIT, which ends the file. */
function program(linkEditSize: number): Buffer {
  const file = Buffer.alloc(2 * pageSize + linkEditSize, 0x90);
  file.fill(0, 0, pageSize);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(2, 16);
  file.writeUInt32LE(152 + 72, 20);
  const segment = (at: number, size: number, name: string, fileAt: number, fileSize: number): void => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(size, at + 4);
    file.write(name, at + 8, "latin1");
    file.writeBigUInt64LE(BigInt(fileAt), at + 40);
    file.writeBigUInt64LE(BigInt(fileSize), at + 48);
  };
  segment(headerSize, 152, "__TEXT", 0, 2 * pageSize);
  file.writeUInt32LE(1, headerSize + 64);
  file.writeUInt32LE(pageSize, headerSize + 72 + 48);
  segment(headerSize + 152, 72, "__LINKEDIT", 2 * pageSize, linkEditSize);
  return file;
}

describe("an executable for macOS", () => {
  for (const size of [16, 100, pageSize, 3 * pageSize + 7])
    it(`gets a signature over every page (${size} bytes behind the code)`, () => {
      const signed = signAdHoc(program(size), "kubectl-dbops");
      assert.ok(isSignatureWhole(signed));
      assert.equal(signatureOf(signed)!.at % 16, 0);
      for (const at of [headerSize + 16, pageSize + 5, 2 * pageSize + 3]) {
        const changed = Buffer.from(signed);
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
        assert.equal(isSignatureWhole(changed), false, `byte ${at}`);
      }
    });

  it("is signed anew in place of a signature that no longer holds", () => {
    const once = signAdHoc(program(100), "node");
    const again = signAdHoc(once, "kubectl-dbops");
    assert.ok(isSignatureWhole(again));
    assert.equal(isSignatureWhole(withoutSignature(again)), false);
    assert.equal(signAdHoc(again, "kubectl-dbops").equals(again), true);
  });

  it("is nothing else", () => {
    assert.throws(
      () => signAdHoc(Buffer.from("\u007fELF".padEnd(64, "\0")), "kubectl-dbops"),
      /not a thin 64-bit Mach-O file/,
    );
  });
});
