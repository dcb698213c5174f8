/** @file The public entries as they are built and as package.json leads to them. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.js";
import { entryFiles, type Manifest, publicNames, sourceOf } from "../house/public-names.js";

const manifest: Manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The values that an entry exports, by entry, under a condition of Node's. */
function exportedBy(entries: readonly string[], condition?: string): Record<string, string[]> {
  const code = `const names = {};
    for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import(entry)).sort();
    console.log(JSON.stringify(names));`;
  const conditions = condition === undefined ? [] : [`--conditions=${condition}`];
  const { stdout, stderr } = spawnSync(process.execPath, [...conditions, "--input-type=module", "-e", code], {
    cwd: root,
  });
  expect(String(stderr)).toBe("");
  return JSON.parse(String(stdout));
}

const valuesOf = (file: string) =>
  publicNames(sourceOf(file))
    .filter(({ kind }) => kind !== "type")
    .map(({ name }) => name);

describe("every public entry", () => {
  it("can be imported by its name, and exports what its file in src/doors does", { timeout: 60_000 }, () => {
    const files = Object.entries(manifest.exports).flatMap(([path, target]) => {
      const file = entryFiles(target).at(-1) ?? "";
      return file.endsWith(".js") ? [[posix.join("fovea", path), file] as const] : [];
    });
    expect(files.length).toBeGreaterThan(8);
    const expected = Object.fromEntries(files.map(([entry, file]) => [entry, valuesOf(file)]));
    expect(exportedBy(files.map(([entry]) => entry))).toEqual(expected);
  });

  it("gives `fovea/web` for `fovea` where pages are bundled", { timeout: 60_000 }, () => {
    expect(exportedBy(["fovea"], "browser")).toEqual({ fovea: valuesOf("dist/doors/web.js") });
  });
});
