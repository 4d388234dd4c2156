// The pages of the repository: links lead to files and headings that exist, and nothing reads as an HTML tag. What pages and comments
// name exists.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** What is made or fetched here (`.corpus`, `.tools`, `dist`, …) is nobody's page. */
const isForeign = (folder: string): boolean => /^(?:\.(?!ci$|github$|vitepress$).*|node_modules|dist)$/.test(folder);

function filesUnder(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if ((entry.isDirectory() && isForeign(entry.name)) || name === "packages/vscode-dbops/docs") return []; // the build's copy
    return entry.isDirectory() ? filesUnder(root, name) : [name];
  });
}

const pagesUnder = (root: string): readonly string[] => filesUnder(root, ".").filter((name) => name.endsWith(".md"));

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    ),
  );

/** Every link of a Markdown page that leads nowhere inside the repository, as `file:line: link`. */
export function checkLinks(root: string): readonly string[] {
  return pagesUnder(root).flatMap((page) =>
    readFileSync(path.join(root, page), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
          const [file = "", anchor] = (match[1] ?? "").split("#");
          if (/^[a-z]+:/.test(file)) return [];
          const target = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
          const isThere =
            existsSync(path.join(root, target)) &&
            (anchor === undefined || anchorsOf(readFileSync(path.join(root, target), "utf8")).has(anchor));
          return isThere ? [] : [`${page}:${index + 1}: nothing at ${match[1]}`];
        }),
      ),
  );
}

/** A line without what stands between backticks; a run of them closes one of its own length. */
function withoutCode(line: string): string {
  const parts = line.split(/(`+)/);
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    kept.push(parts[at] ?? "");
    const close = parts.findIndex((part, index) => index > at + 1 && index % 2 === 1 && part === parts[at + 1]);
    if (close > 0) at = close - 1;
  }
  return kept.join("");
}

/** Pages that only the docs site renders, with components of its own. */
const isOfSite = (page: string): boolean => page.startsWith("packages/docs-site/pages/");

/** Each `<word>` outside of code, which a strict renderer takes for a tag and does not show, as `file:line: <word>`. */
export function checkTags(root: string): readonly string[] {
  return pagesUnder(root).flatMap((page) => {
    if (isOfSite(page)) return [];
    let isFenced = false;
    return readFileSync(path.join(root, page), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        if (/^\s*(```|~~~)/.test(line)) isFenced = !isFenced;
        const tag = isFenced ? null : /<\/?[a-z][\w-]*[\s/>]/i.exec(withoutCode(line));
        return tag === null ? [] : [`${page}:${index + 1}: ${tag[0]} is not in backticks`];
      });
  });
}

const topFolders = "packages|tools|docs|ci|examples|\\.ci";

/** What a line says of the repository's files: names of sources and pages, paths from the root, numbers of decisions. */
function filesNamedIn(line: string): readonly string[] {
  const text = line.replace(/\bhttps?:\S+/g, "").replace(/\S*[*{}<>$…]\S*/g, "");
  const names = [
    ...[...text.matchAll(/(?<![\w./@-])[\w./@-]+\.(?:[cm]?ts|[cm]js|md)\b/g)].map(([name]) => name),
    ...[...text.matchAll(new RegExp(`(?<![\\w./-])(?:${topFolders})/[\\w./-]*[\\w-]`, "g"))].map(([name]) => name),
    ...[...text.matchAll(/\bADR (\d{4})\b/g)].map(([, number]) => `docs/adr/${number}-`),
  ];
  return names.map((name) => name.replace(/^(?:\.\.?\/)+/, "")).filter((name) => !name.includes("/dist"));
}

/** The files, folders and decisions that pages and comments name and that do not exist, as `file:line: name`. */
export function checkNamedFiles(root: string): readonly string[] {
  const files = filesUnder(root, ".");
  const known = new Set(
    files.flatMap((file) => {
      const parts = file.split("/");
      const folders = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join("/"));
      return [
        ...folders,
        ...parts.map((_, index) => parts.slice(index).join("/")),
        file.slice(0, "docs/adr/0000-".length),
      ];
    }),
  );
  return files.flatMap((file) => {
    const isPage = file.endsWith(".md");
    if (!isPage && !/\.(?:[cm]?[jt]s|sh|ya?ml)$/.test(file) && file !== ".ci/run") return [];
    return readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        const text = isPage ? line : (/(?:^|\s)(?:\/\/|\/\*\*?|\*|#)(.*)$/.exec(line)?.[1] ?? "");
        return filesNamedIn(text).flatMap((name) =>
          known.has(name) ? [] : [`${file}:${index + 1}: there is no ${name}`],
        );
      });
  });
}
