import assert from "node:assert/strict";
import { Pace, shortestPause } from "../src/index.ts";

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the pace of linting", () => {
  it("runs once for changes that follow each other", async () => {
    let runs = 0;
    const pace = new Pace(() => {
      runs += 1;
      pace.begin()();
    });
    for (let change = 0; change < 3; change++) pace.changed(5);
    await after(50);
    assert.equal(runs, 1);
    assert.ok(!pace.isStale);
  });

  it("runs nothing where nobody asked for it, and knows that something changed", async () => {
    const pace = new Pace(() => assert.fail("nobody asked"));
    pace.changed(undefined);
    await after(20);
    assert.ok(pace.isStale);
  });

  it("tells who waits when the run is over, at once where none is coming, and after a while where none comes", async () => {
    let runs = 0;
    const pace = new Pace(() => {
      runs += 1;
      pace.begin()();
    });
    await pace.settled(60_000);
    pace.changed(5);
    await pace.settled(60_000);
    assert.equal(runs, 1);
    pace.changed(undefined);
    await pace.settled(5);
    assert.equal(runs, 1);
  });

  it("runs nothing once disposed", async () => {
    const pace = new Pace(() => assert.fail("it is disposed"));
    pace.changed(5);
    pace.dispose();
    await after(20);
  });

  it("waits longer where linting takes long", async () => {
    const pace = new Pace(() => {});
    assert.equal(pace.afterKey, shortestPause);
    const end = pace.begin();
    await after(shortestPause);
    end();
    assert.ok(pace.afterKey >= 2 * shortestPause - 10);
    assert.equal(pace.slowness({ warn: 50, error: 0 }), "warn");
    assert.equal(pace.slowness({ warn: 0, error: 0 }), undefined);
  });
});
