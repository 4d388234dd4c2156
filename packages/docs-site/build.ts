// pnpm site [--base /PATH/]: builds the site into dist. DBOPS_SITE_BASE says the same as --base.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vitepress";

const { values } = parseArgs({ options: { base: { type: "string" } } });
if (values.base !== undefined) process.env.DBOPS_SITE_BASE = values.base;
const base = process.env.DBOPS_SITE_BASE ?? "/";
if (!/^\/(?:.*\/)?$/.test(base)) throw new Error(`${base} is not a path that begins and ends with a slash`);
await build(path.dirname(fileURLToPath(import.meta.url)));
