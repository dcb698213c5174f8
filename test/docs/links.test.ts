/** @file Every link of the pages leads somewhere: to a file, to a heading in it, or to a well-formed address. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { siteLink } from "../../site/links.js";
import { pageGroups, placePages } from "../../site/pages.js";
import { slugOf } from "../../site/slug.js";
import { root } from "../house/imports.js";
import { anchorsOf, documents, externalAddresses, isExternal, linksOf } from "../support/docs/pages.js";

/** Links of a page that lead to no file, or to no heading of a page. */
function lostLinks(page: string, text: string): string[] {
  return linksOf(text).filter((link) => {
    if (isExternal(link)) return false;
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    // What typedoc writes is checked where the site is built.
    if (target.startsWith("docs/api/")) return false;
    if (path !== "" && !existsSync(join(root, target))) return true;
    if (!anchor || !target.endsWith(".md")) return false;
    const there = target === page ? text : (documents.get(target) ?? readFileSync(join(root, target), "utf8"));
    return !anchorsOf(there).has(decodeURIComponent(anchor));
  });
}

describe("links", () => {
  it("lead to files and headings that are there", () => {
    const lost = [...documents].flatMap(([page, text]) => lostLinks(page, text).map((link) => `${page}: ${link}`));
    expect(lost).toEqual([]);
  });

  it("to other hosts are well-formed, and https", () => {
    for (const [address, pages] of externalAddresses()) {
      const { protocol, hostname } = new URL(address);
      expect(["https:", "mailto:"], `${pages}: ${address}`).toContain(protocol);
      if (protocol === "https:") expect(hostname, `${pages}: ${address}`).toMatch(/^[\w-]+(\.[\w-]+)+$/);
    }
  });

  it("of the site's navigation lead to its pages", () => {
    const paths = pageGroups.flatMap(({ pages }) => pages.map(([path]) => path));
    expect(new Set(paths).size).toBe(paths.length);
    const home = documents.get("docs/index.md") ?? "";
    for (const [, path] of home.matchAll(/^ +link: \/(.*)$/gm)) expect(paths).toContain(path);
  });

  it("every page is in the site's navigation, in its place or below another", () => {
    const there = [...documents.keys()].flatMap((page) => /^docs\/(.*)\.md$/.exec(page)?.[1] ?? []);
    const placed = placePages(there).flatMap(({ pages }) => pages.flatMap(({ path, below }) => [path, ...below]));
    expect(placed.sort()).toEqual(there.filter((path) => path !== "index").sort());
    const [group] = placePages(["models/index", "models/other", "models/keras"]);
    expect(group?.pages.map(({ path, below }) => [path, below])).toEqual([
      ["models/index", ["models/other"]],
      ["models/keras", []],
    ]);
  });
});

describe("the check of links", () => {
  it("finds links that lead nowhere, and no others", () => {
    const text =
      "# One\n[a](methods.md#methods) [b](attic.md) [c](https://example.org) [d](../README.md) [e](#one) [f](#two)";
    expect(lostLinks("docs/library.md", text)).toEqual(["attic.md", "#two"]);
    expect(lostLinks("docs/library.md", "`[a](attic.md)`\n```md\n[b](attic.md)\n```\n")).toEqual([]);
    expect(lostLinks("docs/library.md", "[a](methods.md#attic)")).toEqual(["methods.md#attic"]);
  });

  it("makes anchors as GitHub does", () => {
    expect(slugOf("Where do I put ...?")).toBe("where-do-i-put-");
    expect(slugOf("`<fovea-heatmap>` in your own page")).toBe("fovea-heatmap-in-your-own-page");
    expect([...anchorsOf("# A\n## A\n```sh\n# no\n```\n## `a_b` & *c*\n")]).toEqual(["a", "a-1", "a_b--c"]);
  });
});

describe("links that leave the pages of the site", () => {
  const options = { docs: "/r/docs", root: "/r", repository: "https://example.org/fovea" };

  it("lead to the repository", () => {
    expect(siteLink("../README.md#install-it", "start.md", options)).toBe(
      "https://example.org/fovea/blob/main/README.md#install-it",
    );
    expect(siteLink("../../examples/bias", "models/keras.md", options)).toBe(
      "https://example.org/fovea/blob/main/examples/bias",
    );
  });

  it("are no links where the repository has no address, and others stay as they are", () => {
    expect(siteLink("../README.md", "start.md", { ...options, repository: undefined })).toBe(undefined);
    for (const link of ["methods.md#rise", "../start.md", "#here", "https://example.org"])
      expect(siteLink(link, "models/keras.md", options)).toBe(link);
  });
});
