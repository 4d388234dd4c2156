import type { Span } from "../text/span.ts";

/** A statement of MySQL or MariaDB as its words: names without backticks, texts as `''`, signs alone. */
export interface MysqlStatement {
  readonly words: readonly string[];
  readonly span: Span;
}

/**
 * The statements of a script, in one pass; undefined where a quote or comment stays open, or the delimiter is changed (the bodies of
 * procedures). What is conditional for a version (`/*!40101 … *\/`) is a comment here.
 * https://dev.mysql.com/doc/refman/8.4/en/language-structure.html
 */
export function mysqlStatements(text: string): readonly MysqlStatement[] | undefined {
  const statements: MysqlStatement[] = [];
  let words: string[] = [];
  let start = 0;
  let at = 0;
  const close = (end: number): void => {
    if (words.length > 0) statements.push({ words, span: { start, end } });
    words = [];
  };
  while (at < text.length) {
    const sign = text[at] ?? "";
    if (/\s/.test(sign)) at++;
    else if (sign === "#" || (sign === "-" && /^--(?:\s|$)/.test(text.slice(at, at + 3)))) at = lineEnd(text, at);
    else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) return undefined;
      at = end + 2;
    } else if (sign === ";") {
      close(at);
      at++;
    } else {
      if (words.length === 0) start = at;
      if (sign === "'" || sign === '"' || sign === "`") {
        const end = quoteEnd(text, at, sign);
        if (end === undefined) return undefined;
        words.push(sign === "`" ? text.slice(at + 1, end - 1) : "''");
        at = end;
      } else {
        let end = at;
        while (end < text.length && /[\w$@.]/.test(text[end] ?? "")) end++;
        if (end === at) end++;
        words.push(text.slice(at, end));
        at = end;
      }
      if (words.length === 1 && words[0]?.toUpperCase() === "DELIMITER") return undefined;
    }
  }
  close(text.length);
  return statements;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** The offset after the closing quote; a doubled quote and, in texts, a backslash do not close. */
function quoteEnd(text: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote !== "`") at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return undefined;
}
