import assert from "node:assert/strict";
import { parseCron } from "../../src/kube/cron.ts";
import { cronInWords, nextRuns } from "../../src/kube/cron-words.ts";

describe("a schedule in words", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["15 2 * * *", "at 02:15 every day", "2026-11-25T02:15 2026-11-26T02:15"],
    ["0 2,14 * * 1-5", "at 02:00 and 14:00 on Monday to Friday", "2026-11-24T14:00 2026-11-25T02:00"],
    ["*/5 * * * *", "every 5 minutes every day", "2026-11-24T12:35 2026-11-24T12:40"],
    ["* * * * *", "every minute every day", "2026-11-24T12:31 2026-11-24T12:32"],
    ["10 * * * *", "at minute 10 of every hour every day", "2026-11-24T13:10 2026-11-24T14:10"],
    ["0 */4 * * *", "every 4 hours at minute 0 every day", "2026-11-24T16:00 2026-11-24T20:00"],
    ["0 5 * * 0", "at 05:00 on Sunday", "2026-11-29T05:00 2026-12-06T05:00"],
    ["0 1 1 * *", "at 01:00 on day 1 of the month", "2026-12-01T01:00 2027-01-01T01:00"],
    ["0 1 1 * 0", "at 01:00 on day 1 of the month and also on Sunday", "2026-11-29T01:00 2026-12-01T01:00"],
    ["0 3 29 2 *", "at 03:00 on day 29 of the month in February", "2028-02-29T03:00 2032-02-29T03:00"],
    ["0 3 30 2 *", "at 03:00 on day 30 of the month in February", ""],
    ["@weekly", "at 00:00 on Sunday", "2026-11-29T00:00 2026-12-06T00:00"],
    ["30 0 2 * * *", "at 02:00:30 every day", "2026-11-25T02:00 2026-11-26T02:00"],
    ["CRON_TZ=Europe/Berlin 15 2 * * *", "at 02:15 every day", "2026-11-25T02:15 2026-11-26T02:15"],
  ];
  for (const [schedule, words, next] of cases) {
    it(schedule, () => {
      const cron = parseCron(schedule);
      assert.ok(cron);
      assert.equal(cronInWords(cron), words);
      const runs = nextRuns(cron, new Date("2026-11-24T12:30:00Z"), 2);
      assert.equal(runs.map((run) => run.toISOString().slice(0, 16)).join(" "), next);
    });
  }
});
