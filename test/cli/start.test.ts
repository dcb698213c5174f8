/** @file What is loaded for help: no command's work, no runtime, no decoder of images. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { everything } from "../support/share.js";
import { workFolder } from "./fovea.js";

const folder = workFolder();
const main = fileURLToPath(new URL("../../dist/command/main.js", import.meta.url));
const noted = new URL("../support/loaded-scripts.mjs", import.meta.url).href;

/** The scripts that a command line runs: names of packages, and of files of the joined command line. */
function scriptsOf(...args: string[]) {
  const list = join(folder, "scripts.json");
  const env = { ...process.env, LOADED_SCRIPTS: list };
  const { status, stderr } = spawnSync(process.execPath, ["--import", noted, main, ...args], { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const urls: string[] = JSON.parse(readFileSync(list, "utf8"));
  const named = (pattern: RegExp) => [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))];
  return {
    packages: named(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//),
    own: named(/\/dist\/command\/([^/]+)$/),
  };
}

describe("fovea", () => {
  it.each(["--help", "help", "--version", "inspect --help"])("loads the definitions alone for %s", (line) => {
    const { packages, own } = scriptsOf(...line.split(" "));
    expect(packages).toEqual(["commander"]);
    expect(own.filter((file) => !/^(main|program(-\w+)?)\.js$/.test(file))).toEqual([]);
  });

  it("loads the methods that the help of explain names, and nothing that runs a network", () => {
    const { packages, own } = scriptsOf("explain", "--help");
    expect(packages).toEqual(["commander"]);
    expect(own).toContain("methods.js");
    expect(own).not.toContain("explain.js");
  });

  it.runIf(everything)("loads the work of a command that runs, in few files", () => {
    const { packages, own } = scriptsOf("inspect");
    expect(packages).toEqual(expect.arrayContaining(["commander", "onnxruntime-node"]));
    expect(packages).not.toContain("sharp");
    expect(own).toContain("explain.js");
    expect(own.length).toBeLessThan(60);
  });
});
