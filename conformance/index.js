/** @file Reads the kit in Node: its cases, their arrays, and how far a map is from the exact one. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

export const manifest = JSON.parse(readFileSync(at("manifest.json"), "utf8"));

/** The path of a case's file, such as `model.onnx`. */
export function pathOf({ name }, file) {
  return at(`cases/${name}/${file}`);
}

/** An array of NumPy, of float32 or float64 in row-major order. */
export function readArray(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const [, width] = /'descr': '<f([48])'/.exec(header) ?? [];
  if (width === undefined || !header.includes("'fortran_order': False"))
    throw new Error(`${path}: expected float32 or float64 in row-major order, got ${header.trim()}`);
  const dims = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").match(/\d+/g)?.map(Number) ?? [];
  const read = width === "8" ? "readDoubleLE" : "readFloatLE";
  const count = (bytes.length - start) / Number(width);
  return { dims, data: Float64Array.from({ length: count }, (_, i) => bytes[read](start + i * Number(width))) };
}

/** The network's input, [N, C, H, W]. */
export function inputOf(entry) {
  return readArray(pathOf(entry, "input.npy"));
}

/** The exact values of a method: [N, h, w], of pixels [N, C, H, W]; before any ReLU. */
export function valuesOf(entry, method) {
  return readArray(pathOf(entry, `maps/${method}.npy`));
}

/**
 * The largest difference of one image, relative to the largest magnitude of its exact values; NaN where the counts differ. A map that a
 * tool gives behind its ReLU is compared with the exact one behind a ReLU.
 * @param found values in the same order
 * @param exact what `valuesOf` gives
 */
export function difference(found, exact, method, { afterRelu = false } = {}) {
  if (found.length !== exact.data.length) return Number.NaN;
  const { kind } = manifest.methods[method];
  const size = found.length / exact.dims[0];
  const errors = Array.from({ length: exact.dims[0] }, (_, n) => {
    const [ours, theirs] = [found, exact.data].map((all) => Array.from(all).slice(n * size, (n + 1) * size));
    return relative(ours, theirs, { kind, afterRelu });
  });
  return Math.max(...errors);
}

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function relative(found, exact, { kind, afterRelu }) {
  const target = afterRelu ? exact.map((value) => Math.max(value, 0)) : exact;
  const factor = kind === "unitless" ? largest(target) / largest(found) || 1 : 1;
  // Math.max hands NaN on.
  const error = (sign) => largest(found.map((value, i) => sign * factor * value - target[i]));
  return (kind === "signless" ? Math.min(error(1), error(-1)) : error(1)) / (largest(exact) || 1);
}
