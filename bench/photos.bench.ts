/**
 * @file Two thousand photos, one command each: features of a trained network with a new head, a network from scratch, and the
 * report. Peak memory by quarters of each run, and of a run that is killed half-way and started again.
 * GoogLeNet of `$FOVEA_MODELS` if that is set, else a small network. `npm run build && npm run bench -- photos [photos]`
 */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../src/foundation/random.js";
import { encodePicture } from "../src/image/node.js";

const count = Number(process.argv[2] ?? 2000);
const folder = mkdtempSync(join(tmpdir(), "fovea-photos-"));
const main = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
const zoo = process.env.FOVEA_MODELS;
const caffe = ["--scale", "1", "--mean", "104.007,116.669,122.679", "--std", "1", "--channels", "bgr"];
const [net, recipe] = zoo
  ? [join(zoo, "bvlc_googlenet/bvlc_googlenet.onnx"), caffe]
  : [join(folder, "scratch.onnx"), []];

interface Ran {
  readonly seconds: number;
  readonly peaks: readonly number[];
  readonly code: number | null;
}

/** Runs a command; the largest resident memory in each quarter of its time, in MiB. `killAfter`: seconds. */
function fovea(args: readonly string[], killAfter = Number.POSITIVE_INFINITY): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, FOVEA_CACHE: join(folder, "cache") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const began = performance.now();
  const samples: number[] = [];
  const timer = setInterval(() => {
    if (performance.now() - began > 1000 * killAfter) child.kill("SIGKILL");
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, 50);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0 && killAfter === Number.POSITIVE_INFINITY) reject(new Error(said));
      const quarter = (i: number) => samples.slice((i * samples.length) / 4, ((i + 1) * samples.length) / 4);
      const peaks = [0, 1, 2, 3].map((i) => quarter(i).reduce((a, b) => Math.max(a, b), 0));
      resolve({ code, peaks, seconds: (performance.now() - began) / 1000 });
    });
  });
}

/** Pictures that differ; the files are copies of these. */
const distinct = 40;

async function draw(): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: distinct }, (_, i) => picture(i)));
  for (let i = 0; i < count; i++) {
    const [label, split] = [i % 2 ? "stripes" : "waves", i % 5 === 0 ? "test" : "train"];
    const path = join(folder, "photos", split, label);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `${i}.jpg`), pictures[i % distinct] as Uint8Array);
  }
}

function picture(i: number): Promise<Uint8Array> {
  const source = random(i);
  const [across, down, phase] = [source.normal() * 20, source.normal() * 20, 6 * source.uniform()];
  const colour = [source.uniform(), source.uniform(), source.uniform()];
  const pixels = Uint8Array.from({ length: 640 * 480 * 3 }, (_, k) => {
    const [x, y] = [((k / 3) % 640) / 640, Math.floor(k / 3 / 640) / 480];
    const wave = Math.sin(across * x + down * y + phase);
    return 255 * (colour[k % 3] as number) * (i % 2 ? (wave > 0 ? 1 : 0.3) : 0.65 + 0.35 * wave);
  });
  return encodePicture({ width: 640, height: 480, channels: 3, pixels }, "jpg");
}

try {
  await draw();
  const transfer = ["train", "photos", "--backbone", net, ...recipe, "--out", "pets.onnx"];
  const runs: [string, readonly string[]][] = [
    ["from scratch, 3 epochs", ["train", "photos", "--epochs", "3", "--out", "scratch.onnx"]],
    ["features and head", transfer],
    ["head again", [...transfer, "--seed", "2"]],
    ["report", ["report", "pets.onnx", "photos", "--split", "all", "--out", "report.html"]],
  ];
  console.log(`${count} photos of 640x480`);
  console.log("run                      seconds  peak RSS by quarter, MiB");
  const line = (name: string, { seconds, peaks }: Ran) =>
    console.log(
      `${name.padEnd(23)} ${seconds.toFixed(1).padStart(8)}  ${peaks.map((peak) => peak.toFixed(0)).join(", ")}`,
    );
  const taken = new Map<string, number>();
  for (const [name, args] of runs) {
    const ran = await fovea(args);
    taken.set(name, ran.seconds);
    line(name, ran);
  }
  for (const [name, args] of runs.filter(([each]) => ["features and head", "report"].includes(each))) {
    if (name === "features and head") rmSync(join(folder, "cache"), { recursive: true });
    line(`${name}, killed`, await fovea(args, 0.6 * (taken.get(name) as number)));
    line("  and started again", await fovea(args));
  }
} finally {
  rmSync(folder, { recursive: true });
}
