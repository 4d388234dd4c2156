/** What VS Code calls in its extension host. */
export async function run(): Promise<void> {
  const { default: Mocha } = await import("mocha");
  const mocha = new Mocha({ ui: "bdd", timeout: 40_000, color: false, reporter: "spec" });
  if (process.env.DBOPS_E2E_GREP) mocha.grep(process.env.DBOPS_E2E_GREP);
  mocha.suite.emit("pre-require", globalThis, "e2e", mocha);
  await import("./suites.ts");
  return new Promise((passed, failed) => {
    const runner = mocha.run((failures) => {
      if (failures > 0 || (runner.stats?.passes ?? 0) === 0) failed(new Error(`${failures} editor tests failed`));
      else passed();
    });
  });
}
