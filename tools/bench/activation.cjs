// Loads the built extension over a VS Code that does nothing. Prints the milliseconds of its activation and of loading its engine.
const Module = require("node:module");
const fs = require("node:fs");
const path = require("node:path");

/** Anything that may be called, made or asked for more. */
function anything() {
  return new Proxy(class {}, {
    get: (target, name) => {
      if (name === "then" || name === Symbol.iterator) return undefined;
      if (name === Symbol.toPrimitive) return () => "";
      if (name === "prototype") return target.prototype;
      return name === "textDocuments" ? [] : anything();
    },
    set: () => true,
    apply: anything,
    construct: anything,
  });
}

// Whatever the sources ask of VS Code is there.
const source = path.join(__dirname, "../../packages/vscode-dbops/src");
const names = fs
  .readdirSync(source)
  .filter((name) => name.endsWith(".ts"))
  .flatMap((name) => [...fs.readFileSync(path.join(source, name), "utf8").matchAll(/\bvscode\.(\w+)/g)])
  .map(([, name]) => name);
const vscode = Object.fromEntries(names.map((name) => [name, anything()]));
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

const dist = process.argv[2];
const begin = performance.now();
require(path.join(dist, "extension.cjs")).activate({ subscriptions: [], extensionUri: anything() });
const active = performance.now();
require(path.join(dist, "extension.web.js"));
console.log(`${active - begin} ${performance.now() - active}`);
