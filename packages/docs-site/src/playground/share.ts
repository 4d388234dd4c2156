// A text in the fragment of a URL, which browsers do not send: deflated, in the letters of base64url.
import type { PresetName } from "@dbops/core";
import type { Question } from "./worker.ts";

const presets: readonly string[] = ["recommended", "all"] satisfies readonly PresetName[];

async function through(bytes: BlobPart, way: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(way)).arrayBuffer());
}

export async function fragmentOf({ text, preset }: Question): Promise<string> {
  const bytes = await through(text, new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const packed = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `#preset=${preset}&text=${packed}`;
}

/** What a link carries; undefined: nothing, or nothing that can be read. */
export async function questionIn(fragment: string): Promise<Question | undefined> {
  const given = new URLSearchParams(fragment.slice(1));
  const packed = given.get("text");
  const preset = given.get("preset") ?? "recommended";
  if (packed === null || !presets.includes(preset)) return undefined;
  try {
    const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const text = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
    return { text, preset: preset as PresetName };
  } catch {
    return undefined; // a link that was cut off
  }
}
