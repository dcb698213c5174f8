/** @file How much each public entry loads of our own code, and that entries for pages load nothing of Node's. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, readFiles, root, withoutComments } from "./imports.js";
import { entryFiles, type Manifest } from "./public-names.js";
import { loadedBy, nodeBehind } from "./walls.js";

/**
 * At most so many kB of built files without comments and packages, and whether pages load it. Layers of any number of axes took 11 kB of
 * those that explain. Devices, and runs that are filled up, take 1 kB of them, 7 kB on Node; reports that are made of parts 8 kB.
 * Results of single images that are handed out in one tensor, and gradients that stay in the blocks of convolutions, take 7 kB.
 * Relevance propagation takes 25 kB: rules of linear layers, of all operators, and what they must know of a graph.
 * Concepts are loaded when they are asked for, and take 2 kB. What makes a network lean before it is differentiated takes 24 kB: rows that
 * nobody reads, packed projections, and what folds into convolutions. Samples behind the first affine layers take 9 kB.
 */
const limits: Readonly<Record<string, { readonly kilobytes: number; readonly page?: true }>> = {
  ".": { kilobytes: 907 },
  "./data": { kilobytes: 204 },
  "./data/web": { kilobytes: 56, page: true },
  "./element": { kilobytes: 68, page: true },
  "./evaluate": { kilobytes: 636, page: true },
  "./explain": { kilobytes: 708, page: true },
  "./formats": { kilobytes: 149 },
  "./image": { kilobytes: 48, page: true },
  "./onnx": { kilobytes: 245, page: true },
  "./report": { kilobytes: 884, page: true },
  "./train": { kilobytes: 325, page: true },
  "./web": { kilobytes: 839, page: true },
};

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** An entry that pages and Node load from two files is there with the one of Node, which is the last; pages' is that of `./web`. */
const entries = Object.entries(manifest.exports).flatMap(([entry, target]) => {
  const file = entryFiles(target).at(-1) ?? "";
  return file.endsWith(".js") ? [[entry, file] as const] : [];
});
const built = readFiles(["dist"], /^(?!dist\/studio).*\.js$/);
const house = new Map([...built].map(([file, text]) => [file, importsOf(text)]));
const atOnce = new Map([...house].map(([file, imports]) => [file, imports.filter(({ kind }) => kind === "value")]));

describe("every public entry", () => {
  it("has a limit", () => {
    expect(entries.map(([entry]) => entry).sort()).toEqual(Object.keys(limits).sort());
  });

  it("re-exports from a file of src/doors", () => {
    expect(entries.filter(([, file]) => dirname(file) !== "dist/doors")).toEqual([]);
  });

  it.each(entries)("%s loads no more at once than its limit", (entry, file) => {
    const files = [...loadedBy([file], atOnce).keys()];
    const bytes = files.reduce((sum, each) => sum + Buffer.byteLength(withoutComments(built.get(each) ?? "")), 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes / 1000, `${files.length} files`).toBeLessThanOrEqual(limits[entry]?.kilobytes ?? 0);
  });

  it.each(entries.filter(([entry]) => limits[entry]?.page))("%s loads nothing in a page that needs Node", (_, file) => {
    expect(nodeBehind([file], house)).toEqual([]);
  });
});
