/**
 * @file Runs a command of Fovea, and prints its JSON without what is too long to read.
 * `node scripts/fovea.mjs explain model.onnx photo.jpg --out map.png`
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const mostItems = 20;
/** Long, and of use to programs alone. */
const leftOut = ["network", "bins", "facts"];

/** The program of the nearest `node_modules`, else the command on the path. */
function program() {
  try {
    const manifest = createRequire(join(process.cwd(), "any.js")).resolve("fovea/package.json");
    return [process.execPath, join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.fovea)];
  } catch {
    return ["fovea"];
  }
}

function shortened(value) {
  if (Array.isArray(value)) {
    const items = value.slice(0, mostItems).map(shortened);
    return value.length > mostItems ? [...items, `... ${value.length} in all`] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !leftOut.includes(name));
  return Object.fromEntries(kept.map(([name, each]) => [name, shortened(each)]));
}

const [file, ...before] = program();
const { status, stdout, error } = spawnSync(file, [...before, ...process.argv.slice(2), "--json"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
  maxBuffer: 2 ** 28,
});
if (error)
  process.stderr.write("fovea: expected the package fovea in node_modules or on the path: npm install fovea\n");
if (stdout) process.stdout.write(`${JSON.stringify(shortened(JSON.parse(stdout)), null, 1)}\n`);
process.exitCode = status ?? 1;
