interface Runner {
  on(event: "pass" | "fail", listen: (test: { fullTitle(): string }, error?: Error) => void): void;
}

declare const mocha: {
  setup(options: object): void;
  run(done: (failures: number) => void): void;
};

/** mocha's own reporter for browsers writes a page, and a worker has none. */
function report(runner: Runner): void {
  let count = 0;
  runner.on("pass", (test) => {
    count++;
    console.log(`  ok ${test.fullTitle()}\n  ${count} passing so far`);
  });
  runner.on("fail", (test, error) => console.error(`  failed ${test.fullTitle()}: ${error?.stack ?? error}`));
}

/** What VS Code calls in its web worker. */
export async function run(): Promise<void> {
  mocha.setup({ ui: "bdd", reporter: report, timeout: 40_000 });
  await import("./web.e2e.ts");
  await new Promise<void>((passed, failed) => {
    mocha.run((failures) => (failures > 0 ? failed(new Error(`${failures} tests failed`)) : passed()));
  });
}
