import assert from "node:assert/strict";
import fc from "fast-check";
import { readConnectionString, readPgbouncerFile } from "../../src/embedded/pgbouncer-file.ts";
import { atoi, pgbouncerInteger, pgbouncerSeconds } from "../../src/embedded/pgbouncer-values.ts";

describe("pgbouncer.ini as PgBouncer reads it", () => {
  const shown = (text: string): readonly string[] =>
    readPgbouncerFile(text).map((part) =>
      part.kind === "entry"
        ? `${part.key}=${part.value}`
        : part.kind === "section"
          ? `[${part.name}]`
          : part.kind === "include"
            ? `%${part.path}`
            : `!${text.slice(part.span.start, part.span.end)}`,
    );
  const cases: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ["comments only at a line's start", "; a\n# b\nkey = v ; c\n", ["key=v ; c"]],
    ["quotes stay", 'key = "v"\n', ['key="v"']],
    ["a section and a setting on one line", "[databases] orders = host=a\n", ["[databases]", "orders=host=a"]],
    ["an include", "%include /etc/more.ini \n", ["%/etc/more.ini"]],
    ["an include of nothing", "%include\n", ["!%include"]],
    ["a colon", "key: v\nnext = 1\n", ["!key: v", "next=1"]],
    ["a section without an end", "[open\nkey = 1\n", ["![open", "key=1"]],
    ["an empty value, and no name", "key =\n= v\n", ["key=", "=v"]],
    ["Windows line ends", "[a]\r\nkey = v\r\n", ["[a]", "key=v"]],
    ["no line end", "key=v", ["key=v"]],
  ];
  for (const [what, text, expected] of cases) it(what, () => assert.deepEqual(shown(text), expected));

  it("never fails, and every span lies in the text and in order", () => {
    const piece = fc.constantFrom(
      "[",
      "]",
      "=",
      "\n",
      "\r\n",
      ";",
      "#",
      "%include ",
      "key",
      " ",
      "'",
      '"',
      "\0",
      "é",
      "1",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        let last = 0;
        for (const part of readPgbouncerFile(text)) {
          const { start, end } =
            part.kind === "entry" ? { start: part.keySpan.start, end: part.valueSpan.end } : part.span;
          assert.ok(start >= last && end >= start && end <= text.length);
          last = start;
          if (part.kind === "entry") assert.equal(text.slice(part.valueSpan.start, part.valueSpan.end), part.value);
        }
        const { pairs } = readConnectionString(text);
        for (const { key, keySpan } of pairs) assert.equal(text.slice(keySpan.start, keySpan.end), key);
      }),
    );
  });
});

describe("a connection string as PgBouncer reads it", () => {
  const cases: readonly (readonly [text: string, pairs: readonly string[], errorAt: number | undefined])[] = [
    ["host=a port=5", ["host=a", "port=5"], undefined],
    ["host = a", ["host=a"], undefined],
    ["connect_query='select ''x''; y' user=b", ["connect_query=select 'x'; y", "user=b"], undefined],
    ["host='b'port=5", ["host=b", "ort=5"], undefined],
    ["host=a password=", ["host=a"], 16],
    ["host=a ; note", ["host=a"], 7],
    ["postgresql://a/b", [], 0],
    ["query='open", [], 6],
    ["", [], undefined],
  ];
  for (const [text, pairs, errorAt] of cases)
    it(text === "" ? "nothing" : text, () => {
      const read = readConnectionString(text);
      assert.deepEqual(
        read.pairs.map(({ key, value }) => `${key}=${value}`),
        pairs,
      );
      assert.equal(read.errorAt, errorAt);
    });
});

describe("numbers as PgBouncer reads them", () => {
  const integers: readonly (readonly [string, number | undefined])[] = [
    ["20", 20],
    ["-5", -5],
    ["010", 8],
    ["0x1F", 31],
    ["0", 0],
    ["08", undefined],
    ["20.5", undefined],
    ["1k", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of integers) it(`"${text}"`, () => assert.equal(pgbouncerInteger(text), expected));
  const seconds: readonly (readonly [string, number | undefined])[] = [
    ["30", 30],
    ["0.5", 0.5],
    ["1e3", 1000],
    ["-1", undefined],
    ["30s", undefined],
    ["", undefined],
  ];
  for (const [text, expected] of seconds) it(`"${text}" seconds`, () => assert.equal(pgbouncerSeconds(text), expected));
  it("in connection strings as far as they go", () =>
    assert.deepEqual(["20", '"20"', "1k", "abc"].map(atoi), [20, 0, 1, 0]));
});
