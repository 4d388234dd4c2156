/**
 * Matches a path with `/` against a glob: `*` and `?` inside a name, `**` across folders, `{a,b}`, `[ab]`, `[!a-c]`. A pattern without `/` matches
 * the name in any folder; one that ends in `/` everything below it, as .gitignore does.
 */
export function matchesGlob(glob: string, path: string): boolean {
  let pattern = glob.replace(/^\.\//, "");
  if (pattern.endsWith("/")) pattern += "**";
  const isAnywhere = !pattern.replace(/\/\*\*$/, "").includes("/");
  const body = toExpression(pattern.replace(/^\//, ""));
  // A folder named without a trailing slash covers what lies in it.
  try {
    return new RegExp(`^${isAnywhere && !pattern.startsWith("/") ? "(?:.*/)?" : ""}${body}(?:/.*)?$`).test(path);
  } catch {
    return false; // a range that runs backwards: `[z-a]`
  }
}

function toExpression(pattern: string): string {
  let expression = "";
  let depth = 0;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? "";
    if (pattern.startsWith("**/", index)) {
      expression += "(?:.*/)?";
      index += 2;
    } else if (pattern.startsWith("**", index)) {
      expression += ".*";
      index += 1;
    } else if (character === "*") expression += "[^/]*";
    else if (character === "?") expression += "[^/]";
    else if (character === "{") {
      expression += "(?:";
      depth++;
    } else if (character === "}" && depth > 0) {
      expression += ")";
      depth--;
    } else if (character === "," && depth > 0) expression += "|";
    else if (character === "[" && pattern.indexOf("]", index + 2) > 0) {
      const end = pattern.indexOf("]", index + 2);
      const isNot = /[!^]/.test(pattern[index + 1] ?? "");
      const inside = pattern.slice(index + (isNot ? 2 : 1), end).replace(/[\\^\]]/g, "\\$&");
      expression += `[${isNot ? "^/" : ""}${inside}]`;
      index = end;
    } else expression += character.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  }
  return expression + ")".repeat(depth);
}
