import assert from "node:assert/strict";
import { parseCron, runsPerDay } from "../../src/kube/cron.ts";
import { formatSeconds, parseGoDuration } from "../../src/kube/duration.ts";
import { formatBytes, parseQuantity } from "../../src/kube/quantity.ts";
import { matchesSelector, readLabelSelector } from "../../src/kube/selector.ts";
import { rootOf } from "../support/yaml.ts";

describe("quantities", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["0", 0],
    ["128", 128],
    ["1Gi", 1024 ** 3],
    ["1G", 1e9],
    ["1.5Gi", 1.5 * 1024 ** 3],
    ["500m", 0.5],
    [".5", 0.5],
    ["5.", 5],
    ["100k", 1e5],
    ["1e3", 1000],
    ["1E3", 1000],
    ["1E", 1e18],
    ["1Ei", 2 ** 60],
    ["1e-3", 0.001],
    ["+1Mi", 2 ** 20],
    ["-1", -1],
    ["12u", 12e-6],
    ["1GB", undefined],
    ["1gi", undefined],
    ["1 Gi", undefined],
    [" 1Gi", undefined],
    ["1K", undefined],
    ["Gi", undefined],
    ["", undefined],
    ["1.2.3", undefined],
    ["0x10", undefined],
    ["1e3Mi", undefined],
    ["constructor", undefined],
    ["1constructor", undefined],
  ];
  for (const [text, expected] of cases)
    it(`${JSON.stringify(text)}: ${expected}`, () => assert.equal(parseQuantity(text), expected));
  it("are said as Kubernetes writes them", () => {
    assert.deepEqual([0, 512 * 1024 ** 2, 1.5 * 1024 ** 3, 1000, 3 * 1024 ** 4].map(formatBytes), [
      "0 B",
      "512Mi",
      "1.5Gi",
      "1000 B",
      "3Ti",
    ]);
  });
});

describe("durations", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["1h30m", 5400],
    ["720h", 2_592_000],
    ["1.5h", 5400],
    ["90s", 90],
    ["100ms", 0.1],
    ["-1m", -60],
    ["+1m", 60],
    [".5s", 0.5],
    ["0", 0],
    ["5\u00b5s", 5e-6],
    ["5\u03bcs", 5e-6],
    ["1d", undefined],
    ["30", undefined],
    ["", undefined],
    ["1h 30m", undefined],
    [" 1h", undefined],
    ["h", undefined],
    ["1H", undefined],
  ];
  for (const [text, expected] of cases)
    it(`${JSON.stringify(text)}: ${expected}`, () => {
      const actual = parseGoDuration(text);
      if (expected === undefined || actual === undefined) assert.equal(actual, expected);
      else assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}`);
    });
  it("are said in the largest unit that fits", () => {
    assert.deepEqual([30, 90, 600, 7200, 172_800, 0.25].map(formatSeconds), [
      "30 s",
      "90 s",
      "10 min",
      "2 h",
      "2 d",
      "0.3 s",
    ]);
  });
});

describe("schedules", () => {
  const cases: readonly (readonly [schedule: string, perDay: number | undefined])[] = [
    ["0 3 * * *", 1],
    ["*/15 * * * *", 96],
    ["0 */6 * * *", 4],
    ["0,30 8-18 * * mon-fri", 22],
    ["0 3 * * 0", 1],
    ["0 3 1 * *", 1],
    ["0 3 1,15 jan,JUL *", 1],
    ["5/20 * * * *", 72],
    ["0 3 ? * ?", 1],
    ["0 0 3 * * *", 1],
    ["*/30 * * * * *", 2880],
    ["@daily", 1],
    ["@hourly", 24],
    ["@weekly", 1],
    ["TZ=UTC 0 3 * * *", 1],
    ["0 3 31 2 *", 1],
    ["0 3 * * 7", undefined],
    ["60 3 * * *", undefined],
    ["0 24 * * *", undefined],
    ["0 3 0 * *", undefined],
    ["0 3 * 13 *", undefined],
    ["5-1 * * * *", undefined],
    ["*/0 * * * *", undefined],
    ["0 3 * *", undefined],
    ["0 3 * * * * *", undefined],
    ["0 3 L * *", undefined],
    ["0 3 * * mon#2", undefined],
    ["@Daily", undefined],
    ["@reboot", undefined],
    ["@every 1h", undefined],
    ["", undefined],
    ["nightly", undefined],
  ];
  for (const [schedule, perDay] of cases)
    it(`${JSON.stringify(schedule)}: ${perDay === undefined ? "refused" : `${perDay} a day`}`, () => {
      const cron = parseCron(schedule);
      assert.equal(cron === undefined ? undefined : runsPerDay(cron), perDay);
    });
});

describe("label selectors", () => {
  const labels = { app: "orders", tier: "db", empty: "" };
  const cases: readonly (readonly [string, boolean])[] = [
    ["{}", true],
    ["{ matchLabels: {} }", true],
    ["{ matchLabels: { app: orders } }", true],
    ["{ matchLabels: { app: orders, tier: db } }", true],
    ["{ matchLabels: { app: orders, tier: web } }", false],
    ["{ matchLabels: { zone: a } }", false],
    ['{ matchLabels: { empty: "" } }', true],
    ["{ matchExpressions: [{ key: app, operator: In, values: [orders, billing] }] }", true],
    ["{ matchExpressions: [{ key: app, operator: In, values: [billing] }] }", false],
    ["{ matchExpressions: [{ key: zone, operator: In, values: [a] }] }", false],
    ["{ matchExpressions: [{ key: app, operator: NotIn, values: [orders] }] }", false],
    ["{ matchExpressions: [{ key: zone, operator: NotIn, values: [a] }] }", true],
    ["{ matchExpressions: [{ key: tier, operator: Exists }] }", true],
    ["{ matchExpressions: [{ key: zone, operator: Exists }] }", false],
    ["{ matchExpressions: [{ key: zone, operator: DoesNotExist }] }", true],
    ["{ matchExpressions: [{ key: tier, operator: DoesNotExist }] }", false],
    ["{ matchExpressions: [{ key: tier, operator: Gt, values: [a] }] }", false],
    ["{ matchLabels: { app: orders }, matchExpressions: [{ key: tier, operator: NotIn, values: [db] }] }", false],
    ["{ matchLabels: { toString: x } }", false],
  ];
  for (const [selector, expected] of cases)
    it(`${selector}: ${expected ? "matches" : "does not match"}`, () =>
      assert.equal(
        matchesSelector(
          readLabelSelector(rootOf(selector === "{}" ? "# all\n{}" : `# a selector\n${selector}`)),
          labels,
        ),
        expected,
      ));
});
