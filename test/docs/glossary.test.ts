/** @file The glossary, and the links to it that the site makes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createMarkdownRenderer } from "vitepress";
import { describe, expect, it } from "vitest";
import { glossaryPlugin, glossaryTerms, termFinder } from "../../site/glossary.js";
import { root } from "../house/imports.js";
import { anchorsOf, documents, withoutCode } from "../support/docs/pages.js";

const docs = join(root, "docs");
const page = readFileSync(join(docs, "glossary.md"), "utf8");
const terms = glossaryTerms(page);

const md = await createMarkdownRenderer(docs, { config: (md) => void md.use(glossaryPlugin, { docs }) });
const html = (text: string, relativePath = "start.md") => md.render(text, { relativePath, frontmatter: {}, path: "" });
/** The words that a page links to the glossary. */
const linked = (text: string, path?: string) =>
  Array.from(html(text, path).matchAll(/<a href="[^"]*" class="term"[^>]*>([^<]*)<\/a>/g), ([, word]) => word);

describe("the glossary", () => {
  it("has every heading of the third level as a term, with a meaning, in alphabetical order", () => {
    expect(terms.map(({ name }) => name)).toEqual(Array.from(page.matchAll(/^### (.*)$/gm), ([, name]) => name));
    for (const part of page.split(/^## /m).slice(1)) {
      const names = glossaryTerms(part).map(({ name }) => name.toLowerCase());
      expect(names).toEqual([...names].sort());
    }
    for (const { anchor, meaning } of terms) {
      expect(anchorsOf(page)).toContain(anchor);
      expect(meaning).toMatch(/\.$/);
    }
  });

  it("has no word for two terms", () => {
    const words = terms.flatMap(({ words }) => words);
    expect(new Set(words).size).toBe(words.length);
  });

  it("has only terms that another page uses", () => {
    const find = termFinder(terms);
    const used = new Set(
      [...documents]
        .filter(([path]) => path.startsWith("docs/") && path !== "docs/glossary.md")
        .flatMap(([, text]) => find(withoutCode(text)).map(({ term }) => term.name)),
    );
    expect(terms.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe("the links to it", () => {
  it("are set where a page first uses a term, and nowhere else", () => {
    expect(linked("A map is drawn. Maps are drawn as heat maps.\n\nThe map again.")).toEqual(["map", "heat maps"]);
    expect(html("A heat map.")).toContain('href="./glossary.html#heat-map"');
    expect(html("A heat map.", "models/keras.md")).toContain('href="./../glossary.html#heat-map"');
    expect(html("A heat map.")).toContain('title="A map drawn in colours, alone or over the picture."');
  });

  it("leave headings, links, code and longer words alone", () => {
    expect(linked("# The map\n\n[a map](x.md) `map` mapped colour-map map.json src/map\n")).toEqual([]);
    expect(linked("cam and CAM, and Grad-CAM")).toEqual(["CAM", "Grad-CAM"]);
  });

  it("are not set in the glossary and the reference of names", () => {
    expect(linked("A map.", "glossary.md")).toEqual([]);
    expect(linked("A map.", "api/fovea.md")).toEqual([]);
  });

  it("are set once for every term in every page", () => {
    for (const [path, text] of documents)
      if (path.startsWith("docs/") && path !== "docs/index.md") {
        const words = Array.from(
          html(withoutCode(text), path.slice(5)).matchAll(/glossary\.html#([\w-]+)" class="term"/g),
          ([, term]) => term,
        );
        expect(new Set(words).size, path).toBe(words.length);
        if (path !== "docs/glossary.md") expect(words.length, path).toBeGreaterThan(0);
      }
  });
});
