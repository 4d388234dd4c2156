#!/usr/bin/env node
// Starts dbops from V8's code cache: compiling the bundle takes longer than linting a file. A cache of another Node version, or
// none, is replaced after the run where this folder may be written; what is missing or refused costs time and nothing else.
// Completion has a small file of its own, which needs no cache.
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const { Script } = require("node:vm");

const bundle = `${__dirname}/DBOPS_BUNDLE`;
const cache = `${bundle}.cache`;

function readCache() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

function start() {
  const cachedData = readCache();
  const script = new Script(readFileSync(bundle, "latin1"), { filename: bundle, cachedData });
  const isFromCache = cachedData !== undefined && !script.cachedDataRejected;
  if (!isFromCache) {
    process.on("exit", () => {
      try {
        const temporary = `${cache}.${process.pid}`;
        writeFileSync(temporary, script.createCachedData());
        renameSync(temporary, cache);
      } catch {
        // a folder that only root may write
      }
    });
  }
  const readBeside = (name) => readFileSync(`${__dirname}/${name}`);
  script.runInThisContext()(require, module, __dirname, readBeside, isFromCache);
}

if (Number.parseInt(process.versions.node, 10) < 20) {
  process.stderr.write(`error: dbops needs Node 20 or later; this is ${process.versions.node} (${process.execPath})\n`);
  process.exitCode = 2;
} else if (process.argv[2] === "__complete") require("./complete.cjs");
else start();
