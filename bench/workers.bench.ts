/**
 * @file One process against several on this machine, in turn: `npm run build && npm run bench -- workers [workers] [rounds]`
 *
 * Evaluations and reports of a small network on small pictures, and of one of MobileNetV2's shape on photos.
 */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedModelPath } from "../src/explain/node.js";
import { writeModel } from "../src/onnx/write.js";
import { digitFiles, writeFiles } from "../test/support/images/digit-folder.js";
import { drawPhotos } from "./draw-photos.js";
import { shapes } from "./networks.js";

const [workers, rounds] = [Number(process.argv[2] ?? availableParallelism()), Number(process.argv[3] ?? 3)];
const main = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "fovea-workers-"));

/** Seconds of a command. */
async function seconds(args: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: "ignore" });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`fovea ${args.join(" ")}: exit code ${code}`);
  return (performance.now() - began) / 1000;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(what: string, args: readonly string[]): Promise<void> {
  const [one, several]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    one.push(await seconds(args));
    several.push(await seconds([...args, "--workers", String(workers)]));
  }
  const [a, b] = [median(one), median(several)];
  console.log(`${what.padEnd(46)} ${a.toFixed(1).padStart(6)} s ${b.toFixed(1).padStart(6)} s  ${(b / a).toFixed(2)}`);
}

try {
  writeFiles(join(folder, "pictures"), await digitFiles(3000));
  mkdirSync(join(folder, "photos"));
  const photos = await drawPhotos(join(folder, "photos"), 120);
  const labels = photos.map(
    (path, i) => `${path.replace(`${join(folder, "photos")}/`, "")},${i % 2 ? "tench" : "goldfish"}`,
  );
  writeFileSync(join(folder, "photos", "labels.csv"), ["path,label", ...labels].join("\n"));
  writeFileSync(join(folder, "network.onnx"), writeModel(shapes["mobilenet-v2"]()));
  console.log(`one process beside ${workers}, medians of ${rounds}, and their ratio (below 1: workers are faster)`);
  await compare("evaluate 3,000 digits, small network", ["evaluate", embeddedModelPath, "pictures", "--split", "all"]);
  await compare("report on 3,000 digits, small network", ["report", embeddedModelPath, "pictures", "--split", "all"]);
  await compare("evaluate 120 photos, MobileNetV2's shape", [
    "evaluate",
    "network.onnx",
    "photos/labels.csv",
    "--split",
    "all",
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
