/** @file What the package is made of: notices and the list of components say what the lock says, and nothing needs a script to be installed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { componentList } from "./components.js";
import { root } from "./imports.js";

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly peer?: boolean;
  readonly optional?: boolean;
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);
const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");
const locked = Object.entries(lock.packages).flatMap(([path, entry]) =>
  path.includes("node_modules/") && !entry.link ? [{ name: nameOf(path), ...entry }] : [],
);
const installed = locked.filter(({ dev }) => !dev);

/** The packages that the notices name. */
const noticed = [...readFileSync(join(root, "THIRD-PARTY-NOTICES.md"), "utf8").matchAll(/^## (\S+) (\d\S*)$/gm)].map(
  ([, name = "", version = ""]) => ({ name, version }),
);

describe("the notices of third parties", () => {
  it("name packages in the versions of the lock", () => {
    const versions = new Set(locked.map(({ name, version }) => `${name} ${version}`));
    expect(noticed.length).toBeGreaterThan(10);
    expect(noticed.filter(({ name, version }) => !versions.has(`${name} ${version}`))).toEqual([]);
  });
});

describe("the page of licences", () => {
  it("names the same packages", () => {
    const page = readFileSync(join(root, "docs/licences.md"), "utf8");
    const named = Array.from(page.matchAll(/^\| (\S+) (\d\S*) \|/gm), ([, name, version]) => `${name} ${version}`);
    expect(named).toEqual(noticed.map(({ name, version }) => `${name} ${version}`));
  });
});

describe("the list of components", () => {
  const { bomFormat, components } = componentList(noticed);

  it("holds what is installed with the package and what its builds hold, and nothing else", () => {
    const bundled = noticed.map(({ name, version }) => `${name}@${version}`);
    const expected = new Set([...installed.map(({ name, version }) => `${name}@${version}`), ...bundled]);
    expect(bomFormat).toBe("CycloneDX");
    expect(new Set(components.map(({ name, version }) => `${name}@${version}`))).toEqual(expected);
  });

  it("gives each the hash that the lock gives it", () => {
    const hex = (integrity = "") => Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
    const hashes = new Map(locked.map(({ name, version, integrity }) => [`${name}@${version}`, hex(integrity)]));
    const other = components.filter(
      ({ name, version, hashes: own = [] }) => own[0]?.content !== hashes.get(`${name}@${version}`),
    );
    expect(other.map(({ name }) => name)).toEqual([]);
  });
});

describe("the packages that are installed with ours", () => {
  it("all come from npm's registry over https, each with its hash", () => {
    const strange = installed.filter(
      ({ resolved = "", integrity = "" }) =>
        !/^$|^https:\/\/registry\.npmjs\.org\//.test(resolved) || !integrity.startsWith("sha512-"),
    );
    expect(strange).toEqual([]);
  });

  it("run no script but onnxruntime-node's, which README says how to skip", () => {
    const scripted = installed.filter(({ hasInstallScript }) => hasInstallScript);
    expect(scripted.map(({ name }) => name)).toEqual(["onnxruntime-node"]);
    const script = readFileSync(join(root, "node_modules/onnxruntime-node/script/install-utils.js"), "utf8");
    const readme = readFileSync(join(root, "README.md"), "utf8");
    expect(script).toContain("process.env.ONNXRUNTIME_NODE_INSTALL ");
    expect(script).toMatch(/case 'skip':\s+return false/);
    expect(readme).toContain("ONNXRUNTIME_NODE_INSTALL=skip npm install fovea");
  });
});
