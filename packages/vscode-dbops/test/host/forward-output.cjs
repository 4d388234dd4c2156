// What VS Code's extension host loads as extensionTestsPath: everything the tests print goes to a file that the process
// outside follows, then the real entry point runs. Its end leaves a mark: VS Code exits with 0 also when the host crashed.
const fs = require("node:fs");
const util = require("node:util");
const { Writable } = require("node:stream");

const output = process.env.DBOPS_TEST_OUTPUT;
const target = fs.openSync(output, "a");
const write = (chunk) => fs.writeSync(target, chunk);
// VS Code wraps these in accessors that ignore assignment.
const replace = (object, key, value) =>
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: true });
for (const name of ["stdout", "stderr"]) {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      write(chunk);
      done();
    },
  });
  replace(process, name, stream);
}
for (const name of ["log", "info", "warn", "error", "debug"])
  replace(console, name, (...words) => write(`${util.format(...words)}\n`));

exports.run = async () => {
  try {
    await require(process.env.DBOPS_TEST_ENTRY).run();
    fs.writeFileSync(`${output}.passed`, "");
  } catch (error) {
    write(`${error?.stack ?? error}\n`);
    throw error;
  }
};
