import type { Span } from "../text/span.ts";

/** A statement of MySQL or MariaDB as its words: names without backticks, texts as `''`, signs alone. */
export interface MysqlStatement {
  readonly words: readonly string[];
  /** The same in capitals; a name in backticks is no keyword, and keeps the first of them: `\`INDEX`. */
  readonly keywords: readonly string[];
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
  let keywords: string[] = [];
  let start = 0;
  let at = 0;
  /** Behind the last word: a comment after it is no part of the statement. */
  let end = 0;
  const close = (): void => {
    if (words.length > 0) statements.push({ words, keywords, span: { start, end } });
    words = [];
    keywords = [];
  };
  const add = (word: string, begin: number, isQuoted: boolean): void => {
    const keyword = `${isQuoted ? "`" : ""}${word.toUpperCase()}`;
    const before = words.at(-1) ?? "";
    // `shop`.`orders`
    if (begin === end && ((before.endsWith(".") && word !== "''") || (/^\.\w*$/.test(word) && isName(before)))) {
      words[words.length - 1] = before + word;
      keywords[keywords.length - 1] += keyword;
    } else {
      words.push(word);
      keywords.push(keyword);
    }
    end = at;
  };
  while (at < text.length) {
    const sign = text[at] ?? "";
    if (/\s/.test(sign)) at++;
    else if (sign === "#" || (sign === "-" && /^--(?:\s|$)/.test(text.slice(at, at + 3)))) at = lineEnd(text, at);
    else if (text.startsWith("/*", at)) {
      const closed = text.indexOf("*/", at + 2);
      if (closed < 0) return undefined;
      at = closed + 2;
    } else if (sign === ";") {
      close();
      at++;
    } else {
      const begin = at;
      if (words.length === 0) start = at;
      if (sign === "'" || sign === '"' || sign === "`") {
        const closed = quoteEnd(text, at, sign);
        if (closed === undefined) return undefined;
        at = closed;
        add(sign === "`" ? text.slice(begin + 1, at - 1) : "''", begin, sign === "`");
      } else {
        while (at < text.length && /[\w$@.]/.test(text[at] ?? "")) at++;
        if (at === begin) at++;
        add(text.slice(begin, at), begin, false);
      }
      if (words.length === 1 && words[0]?.toUpperCase() === "DELIMITER") return undefined;
    }
  }
  close();
  return statements;
}

function isName(word: string): boolean {
  return /^[\w$]/.test(word);
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
