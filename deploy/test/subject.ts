/** @file What the tests of engines compute: photos and networks that are made here, and the results of one process. */

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Network } from "../../bench/networks.js";
import { drawDigits } from "../../src/data/digits/digits.js";
import { encodePicture } from "../../src/image/node.js";
import { writeModel } from "../../src/onnx/write.js";
import { run } from "./processes.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command line as it is built. */
export const fovea = ["node", join(root, "dist/command/main.js")];
export const deploy = join(root, "deploy");

/** A network and photos for it, small ones for what counts results and large ones for what counts seconds. */
export interface Subject {
  readonly model: string;
  readonly photos: string;
  /** Default 48. */
  readonly errors?: number;
}

/**
 * Digits drawn by Fovea as files, in folders by their class.
 * @param halved of so many one is its upper half alone. Default none
 */
export async function drawnPhotos(folder: string, count: number, { halved = count + 1 } = {}): Promise<string> {
  const { pixels, labels } = drawDigits({ seed: 5, train: 1, test: count }).test;
  for (let i = 0; i < count; i++) {
    const own = join(folder, String(labels[i]));
    mkdirSync(own, { recursive: true });
    const height = (i + 1) % halved === 0 ? 14 : 28;
    const picture = { width: 28, height, channels: 1, pixels: pixels.slice(784 * i, 784 * i + 28 * height) } as const;
    writeFileSync(join(own, `${String(i).padStart(6, "0")}.png`), await encodePicture(picture, "png"));
  }
  return folder;
}

/** Ten classes of random weights at about 0.2 billion multiplications: as much work for each photo as MobileNet. */
export function heavyModel(path: string): string {
  const net = new Network(112);
  let at = net.relu(net.conv(net.image, 32, { kernel: 3, stride: 2 }));
  for (const channels of [64, 128, 256]) {
    at = net.relu(net.conv(at, channels, { kernel: 3, stride: 2 }));
    at = net.relu(net.conv(at, channels, { kernel: 3 }));
  }
  net.op.output(net.linear(net.pooled(at), 10).value, "scores");
  writeFileSync(path, writeModel(net.op.graph));
  return path;
}

/** The command of which the engines run shards. @param errors how many are shown: each shard draws those that may be among them */
export function report({ model, photos, errors = 48 }: Subject): string[] {
  return [...fovea, "report", model, photos, "--split", "all", "--errors", String(errors)];
}

/** The report of one process over everything. @returns its bytes, and the seconds that it took */
export async function inOneProcess(subject: Subject, folder: string, threads: number) {
  mkdirSync(folder, { recursive: true });
  const began = Date.now();
  await run([...report(subject), "--out", "report.html", "--quiet"], {
    cwd: folder,
    env: { FOVEA_THREADS: String(threads) },
  });
  return { bytes: readFileSync(join(folder, "report.html")), seconds: (Date.now() - began) / 1000 };
}

/** The report of the parts, and the rows that they hold. */
export async function merged(parts: string, folder: string) {
  mkdirSync(folder, { recursive: true });
  await run([...fovea, "merge", parts, "--out", "report.html", "--quiet"], { cwd: folder });
  const headers = headersOf(parts).map((path) => JSON.parse(readFileSync(path, "utf8")));
  const rows = headers.reduce((sum, { rows }) => sum + Number(rows), 0);
  return { bytes: readFileSync(join(folder, "report.html")), rows };
}

function headersOf(parts: string): string[] {
  return readdirSync(parts)
    .filter((name) => /^part-.*\.json$/.test(name))
    .map((name) => join(parts, name));
}

/** When the last part was whole, in milliseconds. */
export function lastWrittenAt(parts: string): number {
  return Math.max(...headersOf(parts).map((path) => statSync(path).mtimeMs));
}

/** A command that notes each of its starts in a file, with the time in milliseconds, and is then the command itself. */
export function noted(log: string, command: readonly string[]): string[] {
  rmSync(log, { force: true });
  appendFileSync(log, "");
  return ["sh", "-c", 'echo "$(date +%s%3N) $*" >> "$0"; exec "$@"', log, ...command];
}

/** The starts that were noted. */
export function startsIn(log: string): string[] {
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : [];
}
