import assert from "node:assert/strict";
import { certificatesOf, withoutCertificates } from "../release/windows-signature.ts";

const header = 128 + 24;
const code = 1024;

/** The smallest file with the header that Windows reads, signed by so many bytes. */
function program(signature: number): Buffer {
  const file = Buffer.alloc(code + signature, 0x90);
  file.fill(0, 0, 512);
  file.write("MZ", 0, "latin1");
  file.writeUInt32LE(128, 0x3c);
  file.write("PE", 128, "latin1");
  file.writeUInt16LE(0x20b, header);
  file.writeUInt32LE(0x1234, header + 64);
  if (signature > 0) {
    file.writeUInt32LE(code, header + 144);
    file.writeUInt32LE(signature, header + 148);
  }
  return file;
}

describe("an executable for Windows", () => {
  it("loses the signature that no longer holds, and nothing else", () => {
    const signed = program(200);
    const stripped = withoutCertificates(signed);
    assert.equal(stripped.length, code);
    assert.deepEqual(certificatesOf(stripped), { at: 0, size: 0, header });
    assert.ok(stripped.subarray(512).equals(signed.subarray(512, code)));
    assert.equal(signed.readUInt32LE(header + 148), 200);
  });

  it("stays as it is without one", () => {
    const unsigned = program(0);
    assert.ok(withoutCertificates(unsigned).equals(unsigned));
  });

  it("is nothing else", () => {
    assert.throws(() => withoutCertificates(Buffer.from("\u007fELF")), /not a 64-bit Windows executable/);
  });
});
