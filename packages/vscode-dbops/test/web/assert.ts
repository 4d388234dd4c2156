/** As much of node:assert as the tests in the browser need. */
const assert = {
  ok(value: unknown, message = "it does not hold"): void {
    if (!value) throw new Error(message);
  },
  equal(actual: unknown, expected: unknown, message = ""): void {
    if (actual !== expected) throw new Error(`${message} ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
  },
  match(actual: string, expected: RegExp): void {
    if (!expected.test(actual)) throw new Error(`${JSON.stringify(actual)} does not match ${expected}`);
  },
};
export default assert;
