/**
 * @file What explaining takes in memory, beside plain inference of the same file: `npm run bench -- memory [MB]`
 *
 * Builds a network of VGG-16's kind with random weights (500 MB by default, nearly all of it in linear layers), as one file
 * and with its weights beside it, and runs both jobs in processes of their own.
 */

import { fork } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import { random } from "../src/foundation/random.js";
import { Builder } from "../src/onnx/builder.js";
import { sizeOf, Tensor } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";

const size = 112;
const [role = "500", path = "", weights = ""] = process.argv.slice(2);

if (role === "plain") await plain();
else if (role === "explain") await explain();
else if (role === "build") build(path, weights, Number(process.argv[5]), process.argv[6] === "inside");
else await main(Number(role));

async function main(megabytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fovea-memory-"));
  try {
    const [whole, split, data] = ["whole.onnx", "split.onnx", "split.onnx.data"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(join(folder, "input.npy"), emptyInput());
    await child(["build", split, data, String(megabytes), "beside"]);
    const fits = statSync(data).size < 2 ** 31 - 2 ** 20;
    if (fits) await child(["build", whole, data, String(megabytes), "inside"]);
    console.log("weights          file MB  plain MB  explained MB  explained / file  (explained - plain) / file");
    for (const [name, file, bytes] of [
      ...(fits ? [["in the model", whole, statSync(whole).size] as const] : []),
      ["beside the model", split, statSync(data).size] as const,
    ]) {
      const [a, b] = [await child(["plain", file]), await child(["explain", file])] as [number, number];
      const ratio = [b / bytes, (b - a) / bytes].map((value) => value.toFixed(2));
      const columns = [bytes, a, b].map((value) => (value / 2 ** 20).toFixed(0));
      console.log(
        `${name.padEnd(16)} ${columns[0]?.padStart(7)} ${columns[1]?.padStart(9)} ${columns[2]?.padStart(13)} ${ratio[0]?.padStart(17)} ${ratio[1]?.padStart(27)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs one role in a process of its own; resolves to its largest resident size in bytes. */
function child(args: readonly string[]): Promise<number> {
  const run = fileURLToPath(new URL("run.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    let peak = 0;
    fork(run, ["memory", ...args], { stdio: ["ignore", "ignore", "inherit", "ipc"] })
      .on("message", (message) => {
        peak = Number(message);
      })
      .on("exit", (code) => (code === 0 ? resolve(peak) : reject(new Error(`${args[0]} ended with ${code}`))));
  });
}

function report(): void {
  process.send?.(process.resourceUsage().maxRSS * 1024);
}

async function plain(): Promise<void> {
  const session = await ort.InferenceSession.create(path);
  await session.run({ x: new ort.Tensor("float32", new Float32Array(3 * size * size), [1, 3, size, size]) });
  report();
}

/** The command itself. */
async function explain(): Promise<void> {
  process.on("exit", report);
  const out = join(path, "..", "map.npy");
  process.argv = [...process.argv.slice(0, 2), "explain", join(path, "..", "input.npy"), "--model", path, "--raw"];
  process.argv.push("--out", out);
  await import("../src/cli/main.js");
}

function emptyInput(): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, ${size}, ${size}), }`;
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text.padEnd(117)}\n`, "latin1");
  header.writeUInt16LE(118, 8);
  return Buffer.concat([header, Buffer.alloc(4 * 3 * size * size)]);
}

/** Writes a model and its file of weights; with `inside` the file is there, and its content goes into the model. */
function build(model: string, data: string, megabytes: number, inside: boolean): void {
  const file = openSync(data, inside ? "r" : "w");
  const source = random(1);
  const chunk = Float32Array.from({ length: 2 ** 18 }, () => (source.uniform() - 0.5) / 50);
  let offset = 0;
  const op = new Builder();
  const weight = (...dims: number[]) => {
    const byteLength = 4 * sizeOf(dims);
    const begin = offset;
    for (let left = byteLength; left > 0 && !inside; left -= chunk.byteLength) {
      writeSync(file, new Uint8Array(chunk.buffer, 0, Math.min(left, chunk.byteLength)));
    }
    offset += byteLength;
    const read = () => readFileSync(data).subarray(begin, begin + byteLength);
    return op.constant(new Tensor("float32", dims, { path: data, offset: begin, byteLength, read }), "weight");
  };
  let value = op.input("x", "float32", ["N", 3, size, size]);
  let channels = 3;
  for (const next of [64, 128, 256, 512]) {
    value = op.Relu(op.Conv(value, weight(next, channels, 3, 3), weight(next), { pads: [1, 1, 1, 1] }));
    value = op.node("MaxPool", [value], { kernel_shape: [2, 2], strides: [2, 2] })[0] as string;
    channels = next;
  }
  const features = 512 * 7 * 7;
  const hidden = Math.round(((megabytes - 22) * 2 ** 18) / (features + 4096));
  value = op.Relu(op.Gemm(op.Flatten(value), weight(hidden, features), weight(hidden), { transB: 1 }));
  value = op.Relu(op.Gemm(value, weight(4096, hidden), weight(4096), { transB: 1 }));
  op.output(op.Gemm(value, weight(1000, 4096), weight(1000), { transB: 1 }), "y");
  closeSync(file);
  const outside = (tensor: Tensor) =>
    !inside && tensor.file ? { location: basename(data), offset: tensor.file.offset } : undefined;
  writeFileSync(model, writeModel(op.graph, { outside }));
}
