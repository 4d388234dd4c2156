// pnpm site [--base /PATH/]: builds the site into dist. DBOPS_SITE_BASE says the same as --base.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "vitepress";

const { values } = parseArgs({ options: { base: { type: "string" } } });
if (values.base !== undefined) process.env.DBOPS_SITE_BASE = values.base;
await build(path.dirname(fileURLToPath(import.meta.url)));
