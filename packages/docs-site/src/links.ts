// Links between files of the repository lead to pages of the site, or to the repository where there is no page.
import { existsSync } from "node:fs";
import path from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { isPage, pagePath } from "./pages.ts";

interface Place {
  readonly root: string;
  /** The path of the page's file from the root. */
  readonly file: string;
  /** Where the repository is on the web; empty: nowhere yet. */
  readonly homePage: string;
}

/** Where a link of a page leads on the site; undefined: to a file that is not on the web. */
function siteLink(href: string, { root, file, homePage }: Place): string | undefined {
  if (/^(?:[a-z]+:|\/|#)/.test(href)) return href;
  const [, target = "", anchor = ""] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  const named = path.posix.join(path.posix.dirname(file), target).replace(/\/$/, "");
  const page = [named, `${named}/README.md`].find((each) => isPage(each) && existsSync(path.join(root, each)));
  if (page !== undefined) return `/${pagePath(page)}${anchor}`;
  return homePage === "" ? undefined : `${homePage}/blob/main/${named}${anchor}`;
}

/** Follows `siteLink` in every page; a link that leads nowhere keeps its words. */
export function siteLinks(md: MarkdownRenderer, root: string, homePage: string): void {
  md.core.ruler.push("site links", ({ tokens, env }) => {
    const name: string | undefined = env.realPath ?? env.path;
    if (name === undefined) return; // a title alone
    const file = path.relative(root, name).replaceAll(path.sep, "/");
    for (const token of tokens) {
      let isKept = true;
      token.children =
        token.children?.filter((child) => {
          if (child.type === "link_open") {
            const link = siteLink(child.attrGet("href") ?? "", { root, file, homePage });
            isKept = link !== undefined;
            if (link !== undefined) child.attrSet("href", link);
          }
          return isKept || !child.type.startsWith("link_");
        }) ?? null;
    }
  });
}
