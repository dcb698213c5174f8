/** @file The project as `npm pack` makes it, of what is built. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { root } from "../house/imports.js";

/** Its path; it goes when the tests of the file are done. */
export function packProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-tarball-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(root, "build/package.mjs")], { cwd: root, stdio: "pipe" });
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root, stdio: "pipe" });
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
}

/** The bytes of each file of it, by path from the package's folder. */
export function sizesIn(tarball: string): Map<string, number> {
  const list = execFileSync("tar", ["tvzf", tarball], { encoding: "utf8", maxBuffer: 1e8 });
  const lines = list.matchAll(/^\S+\s+\S+\s+(\d+)\s.*? package\/(.+)$/gm);
  return new Map(Array.from(lines, ([, size, name = ""]) => [name, Number(size)]));
}
