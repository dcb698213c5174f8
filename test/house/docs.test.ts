/** @file The pages for people: their tables are the code's, and every path that they name is there. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documents as allDocuments } from "../support/docs/pages.js";
import { readFiles, root } from "./imports.js";
import { fillIn, pages, picture, roomTable } from "./pages.js";
import type { Room } from "./rooms.js";

// The change log names what is gone.
const documents = new Map([...allDocuments].filter(([path]) => path !== "CHANGELOG.md"));
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

describe("the pages for people", () => {
  it.each([...pages()])("%s is up to date (npm run house writes it)", (path, text) => {
    expect(documents.get(path)).toBe(text);
  });

  it("name files and folders that are there", () => {
    const lost = [...documents].flatMap(([path, text]) => lostPaths(text).map((word) => `${path}: ${word}`));
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
  it("find paths that lead nowhere, and no others", () => {
    expect(lostPaths("`src/model/open.ts` `src/attic/a.ts` `open.ts` `attic.ts` `test/house` `npm`")).toEqual([
      "src/attic/a.ts",
      "attic.ts",
    ]);
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
