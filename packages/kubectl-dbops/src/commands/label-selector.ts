import { UsageError } from "../io.ts";

type Labels = Readonly<Record<string, string>>;

/** `-l` as kubectl reads it: `app=db,tier!=web,env in (prod, qa),!legacy`; without one, everything matches. @throws UsageError */
export function readLabels(text: string | undefined): (labels: Labels) => boolean {
  if (text === undefined || text.trim() === "") return () => true;
  const tests = termsOf(text).map((term) => testOf(term.trim(), text));
  return (labels) => tests.every((test) => test(labels));
}

/** The terms between commas that are not in a list of values. */
function termsOf(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "(") depth++;
    else if (text[index] === ")") depth--;
    else if (text[index] === "," && depth === 0) {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...terms, text.slice(start)];
}

const name = "[A-Za-z0-9](?:[\\w./-]*)";

function testOf(term: string, all: string): (labels: Labels) => boolean {
  const equal = new RegExp(`^(${name})\\s*(==|=|!=)\\s*([\\w.-]*)$`).exec(term);
  if (equal !== null) {
    const [, key = "", operator, value = ""] = equal;
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const among = new RegExp(`^(${name})\\s+(in|notin)\\s*\\(([^()]*)\\)$`).exec(term);
  if (among !== null) {
    const [, key = "", operator, list = ""] = among;
    const values = new Set(list.split(",").map((each) => each.trim()));
    const isAmong = (labels: Labels): boolean => labels[key] !== undefined && values.has(labels[key]);
    return operator === "in" ? isAmong : (labels) => !isAmong(labels);
  }
  const exists = new RegExp(`^(!?)\\s*(${name})$`).exec(term);
  if (exists === null)
    throw new UsageError(`-l ${all} is not a label selector: ${term === "" ? "it has an empty term" : term}`);
  const [, not, key = ""] = exists;
  return not === "!" ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined;
}
