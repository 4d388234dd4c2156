import { createHash } from "node:crypto";
import path from "node:path";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import type { BundledPackage } from "./bundled-packages.ts";
import { sha256Of } from "./checksums.ts";
import type { ReleasePlan } from "./plan.ts";

/** A published file and whose code is in it. */
export interface Artifact {
  readonly file: string;
  readonly parts: readonly BundledPackage[];
}

/** A software bill of materials, CycloneDX 1.6 in JSON: each published file with its checksum, and the packages in it. */
export function softwareBill(plan: ReleasePlan, artifacts: readonly Artifact[]): string {
  const bill = new Models.Bom();
  const whole = new Models.Component(Enums.ComponentType.Application, "dbops", {
    version: plan.version,
    bomRef: `dbops@${plan.version}`,
  });
  whole.licenses.add(new Models.SpdxLicense("Apache-2.0"));
  bill.metadata.component = whole;
  bill.metadata.timestamp = plan.date;
  const parts = new Map<string, Models.Component>();
  for (const { file, parts: contained } of artifacts) {
    const published = new Models.Component(Enums.ComponentType.File, file, { version: plan.version, bomRef: file });
    published.hashes.set(Enums.HashAlgorithm["SHA-256"], sha256Of(path.join(plan.folder, file)));
    for (const each of contained) {
      const reference = `pkg:${each.name === "node" ? "generic" : "npm"}/${each.name}@${each.version}`;
      const known = parts.get(reference) ?? packageComponent(each, reference);
      parts.set(reference, known);
      published.dependencies.add(known.bomRef);
    }
    bill.components.add(published);
    whole.dependencies.add(published.bomRef);
  }
  for (const part of parts.values()) bill.components.add(part);
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const serialize = (): string => `${serializer.serialize(bill, { sortLists: true, space: 2 })}\n`;
  bill.serialNumber = `urn:uuid:${uuidOf(serialize())}`;
  return serialize();
}

/** The same text has the same one: a UUID of version 8, made of a hash. https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function uuidOf(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80;
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function packageComponent({ name, version, license }: BundledPackage, reference: string): Models.Component {
  const isProgram = name === "node";
  const type = isProgram ? Enums.ComponentType.Application : Enums.ComponentType.Library;
  const component = new Models.Component(type, name, { version, bomRef: reference, purl: reference });
  component.licenses.add(new Models.SpdxLicense(license));
  return component;
}
