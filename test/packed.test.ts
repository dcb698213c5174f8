/** @file The package as it is packed and installed from the cache, without a network, with and without install scripts. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digitFiles } from "./support/images/digit-folder.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-packed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Locked {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly peer?: boolean;
  readonly devOptional?: boolean;
}

/** Calls npm without a network, and without what a surrounding npm says. */
function npm(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_(?!cache|userconfig))/.test(name),
  );
  return spawnSync("npm", [...args, "--offline", "--no-audit", "--no-fund"], {
    cwd,
    encoding: "utf8",
    env: { ...Object.fromEntries(own), ...env },
  });
}

let tarball = "";
beforeAll(() => {
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: root, stdio: "pipe" });
  tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
}, 400_000);

/** A lock that installs the tarball with the versions of this repository's lock: npm then asks the cache for nothing else. */
function lockFor(name: string, manifest: Readonly<Record<string, unknown>>) {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(
    readFileSync(join(root, "package-lock.json"), "utf8"),
  );
  const needed = Object.entries(packages).filter(
    ([path, { dev, link, devOptional, peer }]) =>
      path.startsWith("node_modules/") && !dev && !link && !devOptional && !peer,
  );
  const { version, license, dependencies, bin, engines } = manifest;
  const own = { version, resolved: `file:${name}`, license, dependencies, bin, engines };
  return {
    ...{ name: "empty", version: "1.0.0", lockfileVersion: 3, requires: true },
    packages: {
      "": { name: "empty", version: "1.0.0", dependencies: { fovea: `file:${name}` } },
      "node_modules/fovea": own,
      ...Object.fromEntries(needed),
    },
  };
}

function emptyProject(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const own = { name: "empty", version: "1.0.0", private: true, dependencies: { fovea: `file:../${tarball}` } };
  writeFileSync(join(path, "package.json"), JSON.stringify(own));
  writeFileSync(join(path, "package-lock.json"), JSON.stringify(lockFor(`../${tarball}`, manifest)));
  return path;
}

describe("the packed package", () => {
  it("holds what it needs, and nothing of its tests", () => {
    const files = execFileSync("tar", ["tzf", join(folder, tarball)], { encoding: "utf8" }).split("\n");
    const needed = [
      "dist/command/main.js",
      "models/mnist.onnx",
      "THIRD-PARTY-NOTICES.md",
      "LICENSE",
      "SECURITY.md",
      "README.md",
    ];
    expect(needed.filter((name) => !files.includes(`package/${name}`))).toEqual([]);
    expect(files.filter((name) => /^package\/(test|bench|src|node_modules|web)\//.test(name))).toEqual([]);
  });
});

describe("installed from the cache", () => {
  it.for([
    ["without scripts", ["--ignore-scripts"], {}],
    ["with scripts, and the download of CUDA skipped", [], { ONNXRUNTIME_NODE_INSTALL: "skip" }],
  ] as const)("%s, it explains", { timeout: 500_000 }, async ([name, options, env], context) => {
    const path = emptyProject(name.replaceAll(/\W/g, "-"));
    const { status, stderr } = npm(["install", ...options], path, env);
    if (/ENOTCACHED/.test(stderr)) context.skip("npm's cache does not hold the packages: run npm ci with it first");
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    const three = (await digitFiles(10)).find(({ digit }) => digit === 3);
    writeFileSync(join(path, "three.png"), three?.bytes ?? "");
    const args = ["--no-install", "fovea", "explain", "three.png", "--out", "map.png", "--json", "--quiet"];
    const explained = spawnSync("npx", args, {
      cwd: path,
      encoding: "utf8",
      env: { ...process.env, FOVEA_THREADS: "1" },
    });
    expect([explained.status, explained.stderr]).toEqual([0, ""]);
    expect(JSON.parse(explained.stdout).results[0].top[0].label).toBe("3");
    expect(existsSync(join(path, "map.png"))).toBe(true);
  });
});
