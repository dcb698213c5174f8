/** @file The rules of the house that tools can check: who may import whom, and what a source file looks like. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The folders that each folder may import, besides itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  onnx: [],
  autodiff: ["onnx"],
  runtime: ["onnx"],
  image: ["onnx", "runtime"],
  formats: ["onnx"],
  data: ["onnx", "image"],
  explain: ["onnx", "autodiff", "runtime", "image"],
  train: ["onnx", "autodiff", "runtime", "image", "data"],
  evaluate: ["onnx", "autodiff", "runtime", "image", "explain", "data"],
  report: ["onnx", "image", "explain", "evaluate", "data"],
  element: ["onnx", "runtime", "image", "data"],
};
const folders = [...Object.keys(allowed), "cli"];
const platform = ["node:fs", "node:fs/promises", "sharp", "onnxruntime-node", "onnxruntime-web/webgpu"];
const protobuf = ["onnx-buf", "@bufbuild/protobuf"];
const terminal = ["commander", "cli-progress"];
const packages = [...platform, ...protobuf, ...terminal];
const door = (folder: string) => `../${folder}/index.js`;

/** Which imports the linter refuses, by file and rule. */
function refused(files: Readonly<Record<string, readonly string[]>>, rule: string): Record<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-house-"));
  try {
    cpSync(join(root, "biome.json"), join(folder, "biome.json"));
    for (const [file, imports] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), imports.map((name, i) => `export * as m${i} from "${name}";\n`).join(""));
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const options = [
      "--vcs-enabled=false",
      "--max-diagnostics=none",
      "--reporter=github",
      "--colors=off",
      `--only=${rule}`,
    ];
    const { stdout } = spawnSync(process.execPath, [biome, "lint", ...options], { cwd: folder, encoding: "utf8" });
    const found = new Set<string>();
    for (const [, path = "", line] of stdout.matchAll(/file=([^,]+),line=(\d+)/g)) {
      found.add(`${path.includes("/web/src/") ? "web/" : ""}${path.slice(path.lastIndexOf("/src/") + 1)}:${line}`);
    }
    const kept = Object.entries(files).map(([file, imports]) => [
      file,
      imports.filter((_, i) => found.has(`${file}:${i + 1}`)),
    ]);
    return Object.fromEntries(kept);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const restricted = (files: Readonly<Record<string, readonly string[]>>) => refused(files, "style/noRestrictedImports");

describe("the linter", () => {
  it("lets a folder of src import only what stands below it, at any depth", () => {
    const [files, expected]: [Record<string, string[]>, Record<string, string[]>] = [{}, {}];
    for (const [folder, below] of Object.entries(allowed)) {
      const others = folders.filter((other) => other !== folder).map(door);
      const walls = others.filter((other) => !below.map(door).includes(other));
      files[`src/${folder}/part.ts`] = [...others, "../error.js", "../random.js", "./part.js"];
      expected[`src/${folder}/part.ts`] = walls;
      files[`src/${folder}/inner/part.ts`] = others.map((other) => `../${other}`);
      expected[`src/${folder}/inner/part.ts`] = walls.map((wall) => `../${wall}`);
    }
    expect(restricted(files)).toEqual(expected);
  });

  it("keeps the platform in node.ts, web.ts, src/data and src/cli, protobuf in src/onnx, the terminal in src/cli", () => {
    const [files, expected]: [Record<string, string[]>, Record<string, string[]>] = [{}, {}];
    for (const folder of Object.keys(allowed)) {
      const own = folder === "onnx" ? protobuf : folder === "data" ? platform : [];
      files[`src/${folder}/part.ts`] = packages;
      expected[`src/${folder}/part.ts`] = packages.filter((name) => !own.includes(name));
    }
    for (const file of ["src/runtime/node.ts", "src/runtime/web.ts", "src/image/node.ts"]) {
      files[file] = packages;
      expected[file] = [...protobuf, ...terminal];
    }
    expect(restricted(files)).toEqual(expected);
  });

  it("lets a folder be entered by its door only, src/cli import everything, and the foundation nothing", () => {
    const everything = [...platform, ...terminal, ...Object.keys(allowed).map(door)];
    const files = {
      "src/explain/part.ts": ["../onnx/graph.js", "../runtime/node.js", "../onnx/index.js"],
      "src/cli/part.ts": everything,
      "src/error.ts": ["./onnx/index.js", "node:fs"],
    };
    expect(restricted(files)).toEqual({
      "src/explain/part.ts": ["../onnx/graph.js"],
      "src/cli/part.ts": [],
      "src/error.ts": ["./onnx/index.js", "node:fs"],
    });
  });

  it("lets the studio enter the package by its doors for pages only", () => {
    const doors = ["fovea/web", "fovea/explain", "fovea/image/web", "fovea/data/web", "svelte", "comlink"];
    const walls = [
      "../../src/web.js",
      "../../dist/web.js",
      "fovea",
      "fovea/data",
      "fovea/image/node",
      "node:fs",
      "onnxruntime-web/wasm",
    ];
    expect(restricted({ "web/src/part.ts": [...doors, ...walls] })).toEqual({ "web/src/part.ts": walls });
  });

  it("refuses import cycles", () => {
    const files = { "src/onnx/a.ts": ["./b.js"], "src/onnx/b.ts": ["./c.js"], "src/onnx/c.ts": ["./a.js"] };
    expect(Object.values(refused(files, "suspicious/noImportCycles")).flat()).toEqual(["./b.js", "./c.js", "./a.js"]);
  });
});

describe("every source file", () => {
  const files = ["src", "test", "bench", "examples", "web/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(tsx?|svelte)$/.test(file))
      .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(root, folder, file), "utf8") })),
  );

  it("begins by saying what it is", () => {
    const silent = files.filter(({ text }) => !/^(#!.*\n)?(\/\*\*\s+(\* )?|<!-- )@file \S/.test(text));
    expect(silent.map(({ file }) => file)).toEqual([]);
  });

  it("has at most 400 lines", () => {
    expect(files.filter(({ text }) => text.split("\n").length > 401).map(({ file }) => file)).toEqual([]);
  });
});
