/** @file The pages for people: their headings, links, blocks of code, and prose. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { slugOf } from "../../../site/slug.js";
import { readFiles, root } from "../../house/imports.js";

const files = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
const folders = ["docs", "examples"];

/** Every page by its path, but for what typedoc writes. */
export const documents: ReadonlyMap<string, string> = new Map([
  ...files
    .filter((name) => existsSync(join(root, name)))
    .map((name) => [name, readFileSync(join(root, name), "utf8")] as const),
  ...[...readFiles(folders, /\.md$/)].filter(([path]) => !path.startsWith("docs/api/")),
]);

export interface Block {
  readonly page: string;
  /** The heading above it. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
  /** What it takes for granted, from a comment before it: `<!-- with ... -->`. */
  readonly given: string;
}

const fence = /^( *)(`{3,}|~{3,})([\w-]*)[^\n]*\n([\s\S]*?)^\1\2 *$/gm;

/** The blocks of code of a page. */
export function blocksOf(page: string, text: string): Block[] {
  return Array.from(text.matchAll(fence), ({ index, 1: indent = "", 3: language = "", 4: body = "" }) => {
    const before = text.slice(0, index);
    const heading = [...withoutCode(before).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
    const given = /<!-- with\n((?:(?!-->)[\s\S])*)-->\n\s*$/.exec(before)?.[1] ?? "";
    return { page, heading, language, code: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""), given };
  });
}

/** Without blocks of code, comments, and what stands before the page. */
export function withoutCode(text: string): string {
  return text
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replace(fence, "")
    .replace(/<!--[\s\S]*?-->/g, "");
}

/** The anchors of a page: those of its headings, and those that it sets itself. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set(Array.from(text.matchAll(/<a (?:id|name)="([^"]+)"/g), ([, id = ""]) => id));
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const slug = slugOf(plain(heading));
    let anchor = slug;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Markdown of one line as it is read. */
export function plain(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/(\*\*|__|\*|(?<!\w)_|_(?!\w))/g, "")
    .replaceAll("`", "")
    .replace(/\\([<*_{|])/g, "$1");
}

/** Where the links of a page lead, as they are written. */
export function linksOf(text: string): string[] {
  const words = withoutCode(text).replace(/`[^`\n]*`/g, "`");
  const inline = Array.from(words.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g), ([, link = ""]) => link);
  const html = Array.from(words.matchAll(/\b(?:href|src)="([^"]+)"/g), ([, link = ""]) => link);
  return [...inline, ...html];
}

export const isExternal = (link: string) => /^[a-z][a-z+.-]*:/.test(link);

/** Every address of another host that the pages link to, once, with the pages. */
export function externalAddresses(): Map<string, string[]> {
  const addresses = new Map<string, string[]>();
  for (const [page, text] of documents)
    for (const link of linksOf(text))
      if (isExternal(link)) addresses.set(link, [...new Set([...(addresses.get(link) ?? []), page])]);
  return new Map([...addresses].sort(([a], [b]) => (a < b ? -1 : 1)));
}
