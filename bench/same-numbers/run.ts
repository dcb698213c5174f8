/**
 * @file Compares what the command lines of two checkouts say and write, bit for bit, to prove that a change of the code changes no
 * number. `npm run same-numbers -- BEFORE_DIR AFTER_DIR [--only maps|training|measures|reports|real|NAME]`
 */

import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { type Case, casesFor, preparations, type Step } from "./cases.js";
import { difference, type Outputs } from "./compare.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
const checkouts = positionals.map((path) => resolve(path));
if (checkouts.length !== 2) {
  console.error(`same-numbers: expected BEFORE_DIR AFTER_DIR, got ${checkouts.length} folders`);
  process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), "same-numbers-"));
const inputs = join(work, "in");

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a checkout's command line. @param stop whether to interrupt it as soon as `folder` holds a file */
async function run(checkout: string, line: string, folder: string, stop = false): Promise<Ended> {
  const own = { FOVEA_THREADS: "1", FOVEA_DATA: "", FOVEA_CACHE: join(work, "cache", checkout), FORCE_COLOR: "0" };
  const child = spawn(process.execPath, [join(checkout, "dist/command/main.js"), ...line.split(" ")], {
    cwd: folder,
    env: { ...process.env, ...own },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const before = readdirSync(folder).length;
  // Once only: a second interrupt would not wait until the checkpoint is whole.
  const watch = setInterval(() => {
    if (!stop || readdirSync(folder).length === before) return;
    clearInterval(watch);
    child.kill("SIGINT");
  }, 50);
  const code = await new Promise<number | null>((done, fail) => child.on("error", fail).on("close", done));
  clearInterval(watch);
  return { code, ...said };
}

/** All that the steps say, and the files that are there in the end, by what they are called. */
async function outputsOf(checkout: string, folder: string, steps: readonly Step[]): Promise<Outputs> {
  mkdirSync(folder, { recursive: true });
  symlinkSync(inputs, join(folder, "in"));
  const outputs = new Map<string, Buffer>();
  const masked = (text: string) => text.replaceAll(checkout, "<checkout>").replaceAll(folder, "<folder>");
  for (const [i, step] of steps.entries()) {
    if (typeof step !== "string") {
      await run(checkout, step.stopped, folder, true);
      continue;
    }
    const { code, out, err } = await run(checkout, step, folder);
    const texts = { "exit code": String(code), stdout: masked(out), stderr: masked(err) };
    for (const [name, text] of Object.entries(texts)) outputs.set(`${name} of step ${i + 1}`, Buffer.from(text));
  }
  rmSync(join(folder, "in"));
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile())
      outputs.set(path.slice(folder.length + 1), Buffer.from(masked(readFileSync(path, "latin1")), "latin1"));
  }
  rmSync(folder, { recursive: true });
  return outputs;
}

/** Small photos of three classes, in folders and in a list with boxes, and noise as an array. */
async function drawInputs(): Promise<void> {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const [width, height, rows] = [48, 40, ["path,label,xmin,ymin,xmax,ymax"]];
  const shapes = {
    disc: (x: number, y: number) => x * x + y * y < 1,
    cross: (x: number, y: number) => Math.min(Math.abs(x), Math.abs(y)) < 0.3,
    bars: (x: number) => Math.floor(3 * (x + 1)) % 2 === 0,
  };
  for (const [name, inside] of Object.entries(shapes)) {
    mkdirSync(join(inputs, "photos", name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const radius = 7 + Math.floor(5 * uniform());
      const [left, top] = [width, height].map((side) => Math.floor((side - 2 * radius) * uniform())) as [
        number,
        number,
      ];
      const colours = Array.from({ length: 6 }, () => 40 + 80 * uniform());
      const pixels = Buffer.alloc(width * height * 3);
      for (let at = 0; at < pixels.length; at++) {
        const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)].map(
          (place, axis) => (place + 0.5 - (axis === 0 ? left : top)) / radius - 1,
        ) as [number, number];
        const object = Math.max(Math.abs(x), Math.abs(y)) < 1 && inside(x, y);
        pixels[at] = (colours[at % 3] as number) + (object ? (colours[3 + (at % 3)] as number) : 0) + 16 * uniform();
      }
      const file = `photos/${name}/${String(i).padStart(2, "0")}.png`;
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(join(inputs, file));
      rows.push([file, name, left, top, left + 2 * radius, top + 2 * radius].join(","));
    }
  }
  writeFileSync(join(inputs, "boxes.csv"), `${rows.join("\n")}\n`);
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 28, 28), }".padEnd(117);
  const noise = Float32Array.from({ length: 2 * 28 * 28 }, uniform);
  writeFileSync(
    join(inputs, "noise.npy"),
    Buffer.concat([Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, "latin1"), Buffer.from(noise.buffer)]),
  );
}

function build(checkout: string): void {
  execFileSync(join(checkout, "node_modules/.bin/tsc"), { cwd: checkout, stdio: ["ignore", 2, 2] });
}

/** Whether the command line is there and no source has changed since. */
function isBuilt(checkout: string): boolean {
  const main = join(checkout, "dist/command/main.js");
  const sources = readdirSync(join(checkout, "src"), { recursive: true, encoding: "utf8" });
  const changed = (file: string) => statSync(join(checkout, "src", file)).mtimeMs > statSync(main).mtimeMs;
  return existsSync(main) && !sources.some(changed);
}

/** Builds both checkouts and makes the inputs; returns the names of the old one's methods. */
async function prepare(): Promise<string[]> {
  for (const folder of checkouts) if (!isBuilt(folder)) build(folder);
  await drawInputs();
  const [before] = checkouts as [string, string];
  for (const model of ["mnist.onnx", "shapes.onnx"]) cpSync(join(before, "models", model), join(inputs, model));
  if (existsSync(join(before, "test/fixtures")))
    cpSync(join(before, "test/fixtures"), join(inputs, "fixtures"), { recursive: true });
  for (const line of preparations) {
    const { code, err } = await run(before, line, inputs);
    if (code !== 0) throw new Error(`${line}: ${err}`);
  }
  const digit = join(inputs, "digits/digits-00000.attacked.png");
  const sheet = await run(before, `explain ${digit} --method all --samples 2 --json --out methods.png`, work);
  return (JSON.parse(sheet.out) as { methods: { method: string }[] }).methods.map(({ method }) => method);
}

/** @returns whether both checkouts agree */
async function compare({ part, name, steps }: Case): Promise<boolean> {
  const folders = ["a", "b"].map((side) => join(work, side, `${part}-${name}`.replace(/\W/g, "-")));
  const began = performance.now();
  const both = await Promise.all(checkouts.map((checkout, i) => outputsOf(checkout, folders[i] as string, steps)));
  const differs = await difference(...(both as [Outputs, Outputs]));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const failed = [...(both[0] ?? [])].filter(([name, text]) => name.startsWith("exit code") && String(text) !== "0");
  const refused = failed.length > 0 ? `, ${failed.length} of ${steps.length} steps refused` : "";
  const verdict = differs ?? `equal (${both[0]?.size} outputs${refused})`;
  console.log(`${part.padEnd(9)} ${name.padEnd(42)} ${seconds.padStart(6)} s  ${verdict}`);
  return differs === undefined;
}

try {
  const all = casesFor(await prepare());
  const { only = "" } = values;
  const chosen = all.filter(({ part, name }) => only === "" || only === part || name.includes(only));
  let equal = 0;
  for (const each of chosen) if (await compare(each)) equal++;
  console.log(`${equal} of ${chosen.length} cases are equal`);
  process.exitCode = equal === chosen.length && equal > 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
