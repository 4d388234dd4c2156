// Starts dbops in a single executable: its files are assets inside it, under the names that they have in dist/.
const { dirname } = require("node:path");
const { getAsset, getRawAsset } = require("node:sea");
const { Script } = require("node:vm");

const folder = dirname(process.execPath);
const loaded = new Map();

function requireFromInside(name) {
  if (!name.startsWith("./")) return require(name);
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  compile(name.slice(2), "(function (require, module, exports) {", "\n})")(requireFromInside, module, module.exports);
  return module.exports;
}

function compile(asset, before = "", after = "") {
  return new Script(before + getAsset(asset, "utf8") + after, { filename: asset }).runInThisContext();
}

if (process.argv[2] === "__complete") requireFromInside("./complete.cjs");
else compile("DBOPS_BUNDLE")(requireFromInside, { exports: {} }, folder, (name) => new Uint8Array(getRawAsset(name)));
