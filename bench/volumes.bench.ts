/**
 * @file Memory and time of explaining a DICOM series of 200 slices of 512x512 on the command line: `npm run build && npm run bench -- volumes`.
 * Two small networks with random weights: one for volumes of any size, one for 64x128x128. Ends with 1 where one takes 2 GB or more.
 */

import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../src/foundation/random.js";
import { Builder } from "../src/onnx/builder.js";
import { float32, sizeOf } from "../src/onnx/tensor.js";
import { writeModel } from "../src/onnx/write.js";

const [slices, side] = [200, 512];
const most = 2e9;
const command = fileURLToPath(new URL("../dist/command/main.js", import.meta.url));
const atExit = "process.on('exit', () => process.send(process.resourceUsage().maxRSS * 1024))";

/** Two convolutions with strides, a global average and a linear layer. */
function network(sizes: readonly (number | string)[]): Uint8Array {
  const op = new Builder();
  const source = random(1);
  const weights = (...dims: number[]) =>
    op.constant(
      float32(
        dims,
        Float32Array.from({ length: sizeOf(dims) }, () => 0.2 * source.normal()),
      ),
      "weights",
    );
  const strided = (x: string, from: number, to: number) =>
    op.Relu(op.Conv(x, weights(to, from, 3, 3, 3), { strides: [2, 2, 2], pads: [1, 1, 1, 1, 1, 1] }));
  const x = op.input("volume", "float32", ["N", 1, ...sizes]);
  const features = strided(strided(op.AveragePool(x, { kernel_shape: [1, 2, 2], strides: [1, 2, 2] }), 1, 8), 8, 16);
  op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(features)), weights(16, 3)), "scores");
  return writeModel(op.graph);
}

/** An element with an explicit type, little-endian. */
function element(group: number, tag: number, type: string, value: string | number[] | Uint8Array): Buffer {
  const text = typeof value === "string" ? Buffer.from(value.length % 2 ? `${value} ` : value, "latin1") : undefined;
  const bytes = text ?? (value instanceof Uint8Array ? value : Buffer.from(Uint16Array.from(value as number[]).buffer));
  const isLong = type === "OW" || type === "OB";
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(tag, 2);
  head.write(type, 4, "latin1");
  if (isLong) head.writeUInt32LE(bytes.length, 8);
  else head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

/** A slice of a bright ball, with the name of a patient that there is not. */
function slice(z: number): Buffer {
  const pixels = new Int16Array(side * side);
  for (let i = 0; i < pixels.length; i++) {
    const [y, x] = [Math.floor(i / side), i % side];
    const inside = ((z - 130) * 3) ** 2 + (y - 200) ** 2 + (x - 300) ** 2 < 90 ** 2;
    pixels[i] = (inside ? 900 : 0) + ((x * y + z) % 97);
  }
  const parts = [
    element(0x0008, 0x0060, "CS", "CT"),
    element(0x0010, 0x0010, "PN", "PLANTED^PATIENT"),
    element(0x0018, 0x0050, "DS", "1.5"),
    element(0x0020, 0x000e, "UI", "1.2.3.4"),
    element(0x0020, 0x0032, "DS", `-128\\-128\\${(1.5 * z).toFixed(2)}`),
    element(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0"),
    element(0x0028, 0x0002, "US", [1]),
    element(0x0028, 0x0004, "CS", "MONOCHROME2"),
    element(0x0028, 0x0010, "US", [side]),
    element(0x0028, 0x0011, "US", [side]),
    element(0x0028, 0x0030, "DS", "0.5\\0.5"),
    element(0x0028, 0x0100, "US", [16]),
    element(0x0028, 0x0101, "US", [16]),
    element(0x0028, 0x0102, "US", [15]),
    element(0x0028, 0x0103, "US", [1]),
    element(0x0028, 0x1052, "DS", "-1024"),
    element(0x0028, 0x1053, "DS", "1"),
    element(0x7fe0, 0x0010, "OW", new Uint8Array(pixels.buffer)),
  ];
  const meta = element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1\0");
  const length = Buffer.from(Uint32Array.of(meta.length).buffer);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    element(0x0002, 0, "UL", new Uint8Array(length)),
    meta,
    ...parts,
  ]);
}

/** The largest resident size of a run of the command line, in bytes. */
function peakOf(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let peak = 0;
    const execArgv = ["--import", `data:text/javascript,${atExit}`];
    fork(command, [...args], { execArgv, stdio: ["ignore", "ignore", "inherit", "ipc"] })
      .on("message", (message) => {
        peak = Number(message);
      })
      .on("exit", (code) => (code === 0 ? resolve(peak) : reject(new Error(`explain ended with ${code}`))));
  });
}

const folder = mkdtempSync(join(tmpdir(), "fovea-volumes-"));
try {
  const series = join(folder, "series");
  mkdirSync(series);
  for (let z = 0; z < slices; z++) writeFileSync(join(series, `${(z * 37) % slices}.dcm`), slice(z));
  for (const [name, sizes] of [
    ["any size", ["D", "H", "W"]],
    ["64x128x128", [64, 128, 128]],
  ] as const) {
    const model = join(folder, "model.onnx");
    writeFileSync(model, network(sizes));
    const begun = performance.now();
    const peak = await peakOf(["explain", model, series, "--out", `${join(folder, "maps")}/`, "--raw"]);
    const figure = await peakOf(["explain", model, series, "--out", `${join(folder, "maps")}/`, "--window", "40,400"]);
    const seconds = ((performance.now() - begun) / 2000).toFixed(1);
    const [raw, drawn] = [peak, figure].map((bytes) => `${(bytes / 1e9).toFixed(2)} GB`);
    console.log(
      `${slices}x${side}x${side}, network for ${name}: ${raw} for --raw, ${drawn} for the figure, ${seconds} s`,
    );
    if (Math.max(peak, figure) >= most) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
