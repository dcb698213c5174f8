/** @file The pages for people: their tables are the code's, and every path that they name is there. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readFiles, root } from "./imports.js";
import { fillIn, pages, picture, roomTable } from "./pages.js";
import type { Room } from "./rooms.js";

const documents = new Map(
  ["README.md", "CONTRIBUTING.md", "docs", "examples"].flatMap((name) =>
    name.endsWith(".md")
      ? [[name, readFileSync(join(root, name), "utf8")] as const]
      : [...readFiles([name], /\.md$/)].map((entry) => entry),
  ),
);
const sources = [...readFiles(["src", "web", "test", "bench", "examples"], /\.(ts|svelte|css|proto)$/).keys()];

/** Words in backticks that look like files or folders of the repository, and are none. */
function lostPaths(text: string): string[] {
  const words = Array.from(text.matchAll(/`([^`\s]+)`/g), ([, word = ""]) => word);
  return words.filter((word) => {
    if (/[<>*{}…$]|\.\.\./.test(word) || existsSync(join(root, word))) return false;
    if (/^(src|test|bench|docs|examples|web)\//.test(word)) return true;
    if (/^[\w./-]+\.(ts|svelte)$/.test(word)) return !sources.some((file) => `/${file}`.endsWith(`/${word}`));
    return false;
  });
}

/** Links that lead to no file. */
function lostLinks(text: string, document: string): string[] {
  const links = Array.from(text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g), ([, link = ""]) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(root, dirname(document), link)));
}

describe("the pages for people", () => {
  it.each([...pages()])("%s is up to date (npm run house writes it)", (path, text) => {
    expect(documents.get(path)).toBe(text);
  });

  it("name files and folders that are there", () => {
    const lost = [...documents].flatMap(([path, text]) => lostPaths(text).map((word) => `${path}: ${word}`));
    expect(lost).toEqual([]);
  });

  it("link to files that are there", () => {
    const lost = [...documents].flatMap(([path, text]) => lostLinks(text, path).map((link) => `${path}: ${link}`));
    expect(lost).toEqual([]);
  });
});

describe("the README", () => {
  it("has a line for each command, and for no other", () => {
    const main = readFileSync(join(root, "src/cli/program.ts"), "utf8");
    const commands = Array.from(main.matchAll(/^ {2}(\w+): .*\b\1Command\b/gm), ([, name]) => name);
    const lines = Array.from((documents.get("README.md") ?? "").matchAll(/^\| `fovea (\w+)/gm), ([, name]) => name);
    expect([...new Set(lines)].sort()).toEqual(commands.sort());
  });
});

describe("the checks of pages", () => {
  it("find paths and links that lead nowhere, and no others", () => {
    expect(lostPaths("`src/model/open.ts` `src/attic/a.ts` `open.ts` `attic.ts` `test/house` `npm`")).toEqual([
      "src/attic/a.ts",
      "attic.ts",
    ]);
    const links = "[a](guide.md#maps) [b](attic.md) [c](https://example.org) [d](../README.md)";
    expect(lostLinks(links, "docs/architecture.md")).toEqual(["attic.md"]);
  });

  it("see a part that is stale, and miss one that is not there", () => {
    const page = "# A\n<!-- `npm run house` writes: rooms -->\nold\n<!-- end -->\nB";
    expect(fillIn(page, "rooms", "new")).toBe("# A\n<!-- `npm run house` writes: rooms -->\n\nnew\n\n<!-- end -->\nB");
    expect(() => fillIn(page, "picture", "new")).toThrow('expected a part "picture"');
  });

  it("draw only the arrows that others do not imply", () => {
    const room = (name: string, imports: readonly string[]): Room => ({
      name,
      folder: `src/${name}`,
      holds: "x",
      imports,
    });
    const three = [room("low", []), room("middle", ["low"]), room("high", ["low", "middle"])];
    expect(
      picture(three)
        .split("\n")
        .filter((line) => line.includes("-->")),
    ).toEqual(["  high --> middle", "  middle --> low"]);
    expect(roomTable(three)).toContain("| `src/high` | x | low, middle |");
  });
});
