/** @file The walls between rooms: the import lists of all files, and lists that must be refused. */

import { describe, expect, it } from "vitest";
import { type Import, importsOf, readFiles } from "./imports.js";
import { rooms } from "./rooms.js";
import { circles, crowdedFolders, faultsOf, longChains, nodeBehind, wrongImports, wrongRooms } from "./walls.js";

/** Import lists of the real files. */
const house = new Map([...readFiles(["src", "web/src"])].map(([file, text]) => [file, importsOf(text)]));

/** Import lists from texts. */
const lists = (texts: Readonly<Record<string, string>>): Map<string, Import[]> =>
  new Map(Object.entries(texts).map(([file, text]) => [file, importsOf(text)]));

describe("the house", () => {
  it("has rooms that import downwards only", () => {
    expect(wrongRooms(rooms)).toEqual([]);
  });

  it("has files that import only what their room may, in no circle, in short chains and short folders", () => {
    expect(faultsOf(house, rooms)).toEqual([]);
  });

  it("is what the checker reads: every room has files, and files have imports", () => {
    for (const { folder, imports: below } of rooms) {
      const own = [...house].filter(([file]) => file.startsWith(`${folder}/`));
      expect(own.length, folder).toBeGreaterThan(3);
      if (below.length > 0) expect(own.flatMap(([, imports]) => imports).length, folder).toBeGreaterThan(own.length);
    }
  });
});

describe("an import list", () => {
  it("has every form of import: of values and types, renamed, of names on many lines, of nothing, later, and of workers", () => {
    const text = `
      import { a } from "./a.js";
      import type { B } from "./b.js";
      import c, { type D } from './c.js';
      import * as e from "e/inner";
      import "./theme.css";
      import {
        f,
        g as h,
      } from "./f.js";
      export * from "./i.js";
      export type { J } from "./j.js";
      export const k = await import("./k.js");
      type L = typeof import("./l.js");
      new Worker(new URL("./m.ts", import.meta.url));
      const n = import(name);
    `;
    const read = importsOf(text).map(({ from, kind }) => `${kind} ${from}`);
    expect(read.sort()).toEqual([
      "later ./k.js",
      "later ./m.ts",
      "later ?",
      "type ./b.js",
      "type ./j.js",
      "type ./l.js",
      "value ./a.js",
      "value ./c.js",
      "value ./f.js",
      "value ./i.js",
      "value ./theme.css",
      "value e/inner",
    ]);
  });

  it("has no comments, and no exports of the file's own", () => {
    const text = `
      /** import { a } from "./a.js"; */
      // import { b } from "./b.js";
      export const c = "./c.js";
      export function from(path: string) {}
    `;
    expect(importsOf(text)).toEqual([]);
  });
});

describe("the checker refuses", () => {
  it("rooms that import upwards, or what is no room", () => {
    const [low, high] = [
      { name: "low", folder: "src/low", holds: "", imports: ["high"] },
      { name: "high", folder: "src/high", holds: "", imports: ["low", "attic"] },
    ];
    expect(wrongRooms([low, high])).toEqual([
      "low may not import high, which is no room below it",
      "high may not import attic, which is no room below it",
    ]);
  });

  it("imports of every room that is not below, of values, types and later, at any depth", () => {
    const parts = Object.fromEntries(rooms.map(({ folder }) => [`${folder}/inner/part.ts`, ""]));
    for (const { name, folder, imports } of rooms) {
      const others = rooms.filter((room) => room.name !== name);
      const way = (room: string) => `${"../".repeat(folder.split("/").length + 1)}${room}/inner/part.js`;
      const forms = (path: string) =>
        `import { a } from "${path}";\nimport type { B } from "${path}";\nimport("${path}");`;
      const text = others.map((room) => forms(way(room.folder))).join("\n");
      const file = `${folder}/inner/other.ts`;
      const expected = others
        .filter((room) => !imports.includes(room.name))
        .map((room) => `${file} may not import ${room.folder}/inner/part.ts`);
      const found = wrongImports(lists({ ...parts, [file]: text }), rooms);
      expect(found.sort(), name).toEqual([...expected, ...expected, ...expected].sort());
    }
  });

  it("packages that a room does not have, and those of node.ts and web.ts anywhere else", () => {
    const all = `import fs from "node:fs";\nimport sharp from "sharp";\nimport { imageSize } from "image-size/x";\nimport left from "left-pad";`;
    const packages = (file: string) =>
      wrongImports(lists({ [file]: all }), rooms).map((fault) => fault.split(" ").at(-1));
    expect(packages("src/image/picture/picture.ts")).toEqual(["node:*", "sharp", "image-size", "left-pad"]);
    expect(packages("src/image/node.ts")).toEqual(["image-size", "left-pad"]);
    expect(packages("src/image/web.ts")).toEqual(["node:*", "sharp", "left-pad"]);
    expect(packages("src/onnx/graph.ts")).toEqual(["node:*", "sharp", "image-size", "left-pad"]);
    expect(packages("src/cli/main.ts")).toEqual(["sharp", "image-size", "left-pad"]);
  });

  it("public entries inside src, also by the package's own name", () => {
    const files = {
      "src/doors/node.ts": "",
      "src/cli/a.ts": `import { a } from "../doors/node.js";\nimport { b } from "fovea/explain";`,
    };
    expect(wrongImports(lists(files), rooms)).toEqual([
      "src/cli/a.ts may not import src/doors/node.ts",
      "src/cli/a.ts may not import the package fovea",
    ]);
  });

  it("files in no room, files that are not there, and names that are computed", () => {
    const files = { "src/loose.ts": "", "src/onnx/a.ts": `import "./b.js";\nimport(name);` };
    expect(wrongImports(lists(files), rooms)).toEqual([
      "src/loose.ts is in no room",
      "src/onnx/a.ts imports ./b.js, which is no file of a room",
      "src/onnx/a.ts imports a name that is computed",
    ]);
  });

  it("circles, of types and of one file as well", () => {
    const files = {
      "src/onnx/a.ts": `import type { B } from "./b.js";`,
      "src/onnx/b.ts": `import { c } from "./c.js";`,
      "src/onnx/c.ts": `const { a } = await import("./a.js");`,
      "src/onnx/d.ts": `import { d } from "./d.js";`,
    };
    expect(circles(lists(files))).toEqual([
      "a circle: src/onnx/a.ts -> src/onnx/b.ts -> src/onnx/c.ts -> src/onnx/a.ts",
      "a circle: src/onnx/d.ts -> src/onnx/d.ts",
    ]);
  });

  it("chains of nine files, and of fewer where a room says so", () => {
    const chain = Array.from({ length: 9 }, (_, i) => [`src/onnx/f${i}.ts`, `import "./f${i + 1}.js";`]);
    const files = lists({ ...Object.fromEntries(chain), "src/onnx/f9.ts": "" });
    const onnx = rooms.filter(({ name }) => name === "onnx");
    expect(longChains(files, onnx)).toEqual([expect.stringMatching(/^onnx: a chain of 10 imports, 8 are allowed/)]);
    expect(
      longChains(files, [{ ...onnx[0], name: "onnx", folder: "src/onnx", holds: "", imports: [], depth: 10 }]),
    ).toEqual([]);
  });

  it("pages that load what runs on Node, by way of others, and types of node.ts", () => {
    const files = {
      "web/src/page.ts": `import { a } from "../../src/data/a.js";\nimport type { B } from "../../src/data/b.js";`,
      "src/data/a.ts": `import("./c.js");\nimport type { Stats } from "node:fs";`,
      "src/data/b.ts": `import fs from "node:fs";`,
      "src/data/c.ts": `import sharp from "sharp";`,
    };
    expect(nodeBehind(["web/src/page.ts"], lists(files))).toEqual([
      "a page loads sharp: web/src/page.ts -> src/data/a.ts -> src/data/c.ts",
    ]);
    const named = { "web/src/page.ts": `import type { N } from "../../src/image/node.js";`, "src/image/node.ts": "" };
    expect(faultsOf(lists(named), rooms)).toEqual([
      "web/src/page.ts is part of a page and may not import src/image/node.ts",
    ]);
  });

  it("folders of sixteen files, but for tables of parts", () => {
    const files = (folder: string) =>
      lists(Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`${folder}/f${i}.ts`, ""])));
    expect(crowdedFolders(files("src/onnx/read"))).toEqual(["src/onnx/read holds 16 loose files, 15 are allowed"]);
    expect(crowdedFolders(files("src/explain/methods"))).toEqual([]);
  });
});
