import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The WebAssembly of PostgreSQL's parser, from its package; the build writes one that finds it beside the bundle or inside the executable. */
export function readWasm(): Uint8Array {
  return readFileSync(createRequire(import.meta.url).resolve("libpg-query/wasm/libpg-query.wasm"));
}
