/** @file Links of the pages that leave `docs` lead to the repository, for the site has its pages alone. */

import { dirname, join, relative } from "node:path";
import type { MarkdownRenderer } from "vitepress";

export interface LinkOptions {
  /** Folders of the pages and of the repository. */
  readonly docs: string;
  readonly root: string;
  /** The repository's address; without one only the words of such a link are left. */
  readonly repository: string | undefined;
}

/** Where a link of a page leads on the site; undefined where that is nowhere. */
export function siteLink(href: string, page: string, { docs, root, repository }: LinkOptions): string | undefined {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [path = "", anchor] = href.split("#");
  const target = join(dirname(join(docs, page)), path);
  if (!relative(docs, target).startsWith("..")) return href;
  if (repository === undefined) return undefined;
  return `${repository}/blob/main/${relative(root, target)}${anchor ? `#${anchor}` : ""}`;
}

/** Of markdown-it: rewrites such links, before VitePress looks at them. */
export function linksPlugin(md: MarkdownRenderer, options: LinkOptions): void {
  md.core.ruler.push("links-that-leave", ({ tokens, env }) => {
    for (const { children } of tokens)
      for (const [i, token] of (children ?? []).entries()) {
        if (token.type !== "link_open") continue;
        const href = siteLink(token.attrGet("href") ?? "", env.relativePath ?? "", options);
        if (href !== undefined) token.attrSet("href", href);
        else dropLink(children ?? [], i);
      }
  });
}

/** Makes a link at `start` plain words. */
function dropLink(tokens: { type: string; tag: string; nesting: number; attrs: unknown }[], start: number): void {
  const end = tokens.findIndex(({ type }, i) => i > start && type === "link_close");
  for (const token of [tokens[start], tokens[end]])
    if (token) {
      token.type = token.nesting > 0 ? "em_open" : "em_close";
      token.tag = "em";
      token.attrs = null;
    }
}
