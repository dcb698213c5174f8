/** @file llms.txt and llms-full.txt: every page of the site is in both, told as llmstxt.org describes it. */

import { describe, expect, it } from "vitest";
import { llmsFull, llmsList, type TextPage } from "../../site/llms.js";
import { placePages } from "../../site/pages.js";
import { documents } from "../support/docs/pages.js";

const pages: TextPage[] = [...documents]
  .filter(([path]) => path.startsWith("docs/"))
  .map(([path, text]) => ({ path: path.slice("docs/".length, -".md".length), text }));
const placed = placePages(pages.map(({ path }) => path))
  .flatMap(({ pages }) => pages)
  .flatMap(({ path, below }) => [path, ...below]);

describe("llms.txt", () => {
  const list = llmsList(pages, "/fovea/");

  it("begins with a title and a summary, and has sections of links alone", () => {
    const [title, , about, ...rest] = list.split("\n");
    expect(title).toBe("# Fovea");
    expect(about).toMatch(/^> \S.{100,}$/);
    const odd = rest.filter(
      (line) =>
        line !== "" && !/^(## \S|- \[.+\]\(\/fovea\/[\w/-]+\.md\)(: \S.*)?$|All pages in one file: )/.test(line),
    );
    expect(odd).toEqual([]);
  });

  it("leads to every page of the site once, in its order", () => {
    const links = Array.from(list.matchAll(/\]\(\/fovea\/([\w/-]+)\.md\)/g), ([, path]) => path);
    expect(links).toEqual(placed);
    expect(links.length).toBeGreaterThan(10);
  });

  it("says of a page what its first sentence says", () => {
    const text = "---\nlayout: doc\n---\n# A page\n\n```sh\nfovea x\n```\n\nIt [does](b.md) a thing. And another.\n";
    expect(llmsList([{ path: "start", text }], "/")).toContain(
      "- [Start in five minutes](/start.md): It does a thing.\n",
    );
  });
});

describe("llms-full.txt", () => {
  const full = llmsFull(pages);

  it("has the words of every page of the site, without comments", () => {
    for (const path of placed) {
      const { text = "" } = pages.find((page) => page.path === path) ?? {};
      const headings = text.replaceAll(/<!--[\s\S]*?-->/g, "").match(/^#{1,3} .*$/gm) ?? [];
      for (const heading of headings) expect(full).toContain(heading);
    }
    expect(full).not.toContain("<!--");
  });
});
