/** @file The packed package as others see it: its size, what it holds, what publint and attw say of it, and its links on npm's page. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.js";
import { packProject, sizesIn } from "./tarball.js";

const tarball = packProject();
const sizes = sizesIn(tarball);
const folder = mkdtempSync(join(tmpdir(), "fovea-package-"));
execFileSync("tar", ["xzf", tarball, "-C", folder]);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const unpacked = join(folder, "package");

/** What `npm run build:packed`, which every release does, makes of the runtime; builds for tests pack it in seconds, and larger. */
const runtimeOfReleases = 2.62e6;

describe("the packed package", () => {
  it("is smaller than 8 MB, and 24.5 MB unpacked", () => {
    const runtime = sizes.get("dist/heatmap/ort/ort-wasm-simd-threaded.jspi.wasm.br") ?? 0;
    expect(runtime).toBeGreaterThan(2.5e6);
    expect(statSync(tarball).size - runtime + runtimeOfReleases).toBeLessThan(8e6);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(24.5e6);
  });

  it("holds what it needs, nothing of its tests, and the runtime of pages once", () => {
    const needed = [
      "dist/command/main.js",
      "dist/studio/index.html",
      "dist/heatmap/fovea-heatmap.js",
      "models/mnist.onnx",
    ];
    const notices = ["THIRD-PARTY-NOTICES.md", "LICENSE", "SECURITY.md", "README.md"];
    expect([...needed, ...notices].filter((name) => !sizes.has(name))).toEqual([]);
    const names = [...sizes.keys()];
    expect(names.filter((name) => /^(test|bench|src|node_modules|web|site|docs)\//.test(name))).toEqual([]);
    expect(names.filter((name) => /\.wasm(\.br)?$/.test(name)).sort()).toEqual([
      "dist/heatmap/ort/brotli_dec_wasm_bg.wasm",
      "dist/heatmap/ort/ort-wasm-simd-threaded.jspi.wasm.br",
    ]);
  });

  it("holds every file that its files name", () => {
    const lost = [...sizes.keys()]
      .filter((name) => /^dist\/(?!studio|heatmap|command).*\.(js|d\.ts)$/.test(name))
      .flatMap((name) => {
        const text = readFileSync(join(unpacked, name), "utf8");
        const imports = text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g);
        return Array.from(imports, ([, path = ""]) => join(name, "..", path))
          .map((path) => (name.endsWith(".d.ts") ? path.replace(/\.js$/, ".d.ts") : path))
          .filter((path) => !sizes.has(path))
          .map((path) => `${name}: ${path}`);
      });
    expect(lost).toEqual([]);
  });

  it("gives publint nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: unpacked, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }))).toEqual([]);
  });

  it("gives attw nothing to say of ES modules, which it is made of", { timeout: 120_000 }, () => {
    const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
    // Resolution of Node before 12 knows no `exports`, and CommonJS gets ES modules by `import()` or by `require` of Node 20.19.
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [attw, tarball, "--profile", "esm-only", "--format", "ascii", "--no-color"],
      { encoding: "utf8", env: { ...process.env, npm_config_offline: "true" } },
    );
    expect(status, stdout + stderr).toBe(0);
  });
});

describe("README on the package's page", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const { repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

  it("has links that npm can lead to the repository, whose address is set in one place", () => {
    expect(repository?.url).toMatch(/^git\+https:\/\/\S+\.git$/);
    const links = Array.from(readme.matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link);
    // npm puts the repository's address in front of relative ones; those from its root it leaves broken.
    expect(links.filter((link) => /^(\/|\.\.)/.test(link))).toEqual([]);
    expect(links.length).toBeGreaterThan(10);
  });
});
