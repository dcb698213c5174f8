/**
 * @file What a user waits for: `--help` above Node's own start, and `fovea explain photo.png` to the written picture, with SqueezeNet 1.1 of
 * `$FOVEA_MODELS` if that is set, else with the embedded model. In turn with another build of Fovea, if there is one:
 * `npm run build && npm run bench -- start --rounds 11 --against ../other`
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { random } from "../src/foundation/random.js";
import { quantile } from "../src/foundation/timing.js";
import { encodePng } from "../src/image/node.js";

const options = { rounds: { type: "string", default: "11" }, against: { type: "string" } } as const;
const { rounds, against } = parseArgs({ options }).values;
const mainOf = (root: string) => join(root, "dist/command/main.js");
const main = mainOf(fileURLToPath(new URL("..", import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), "fovea-start-"));
const zoo = process.env.FOVEA_MODELS;

function secondsOf(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")}: expected exit code 0, got ${status}: ${stderr}`);
  return (performance.now() - began) / 1000;
}

/** Medians of jobs that take turns, and of what each takes in comparison with the first, round by round. */
function inTurn(jobs: Readonly<Record<string, readonly string[]>>) {
  const list = Object.entries(jobs);
  for (const [, args] of list) secondsOf(args);
  const times = Array.from({ length: Number(rounds) }, () => list.map(([, args]) => secondsOf(args)));
  for (const [i, [name]] of list.entries()) {
    const first = (row: readonly number[]) => row[0] ?? Number.NaN;
    const [seconds, above, ratio] = [
      times.map((row) => row[i] ?? Number.NaN),
      times.map((row) => (row[i] ?? Number.NaN) - first(row)),
      times.map((row) => (row[i] ?? Number.NaN) / first(row)),
    ].map((values) => quantile(values, 0.5).toFixed(2));
    console.log(`  ${name.padEnd(16)} ${seconds} s, ${above} s above the first, ${ratio} of it`);
  }
}

try {
  const [width, height] = [640, 480];
  const source = random(1);
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i >> 12) + source.below(30));
  const photo = join(folder, "photo.png");
  writeFileSync(photo, await encodePng({ width, height, channels: 3, pixels }));
  const explain = ["explain", photo, ...(zoo ? ["--model", join(zoo, "squeezenet1.1/squeezenet1.1.onnx")] : [])];
  const other = against === undefined ? undefined : mainOf(against);
  console.log("help:");
  inTurn({
    node: ["--eval", "0"],
    "--help": [main, "--help"],
    "--version": [main, "--version"],
    "explain --help": [main, "explain", "--help"],
    ...(other ? { "other --help": [other, "--help"] } : {}),
  });
  console.log(`explain, ${zoo ? "SqueezeNet 1.1" : "embedded model"}, ${width}x${height} photo:`);
  inTurn({ ...(other ? { other: [other, ...explain] } : {}), this: [main, ...explain] });
} finally {
  rmSync(folder, { recursive: true });
}
