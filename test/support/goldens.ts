/** @file Reference numbers from PyTorch, and how far a computed tensor is from them. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../src/data/index.js";
import { numbers, type Tensor, type Value } from "../../src/onnx/index.js";

/** The reference numbers that are part of the project. */
export const fixtureGoldens = fileURLToPath(new URL("../fixtures/goldens", import.meta.url));

export interface GoldenLayer {
  readonly name: string;
  /** Whether autodiff sees the layer as the file does: the value in a model file, by the file's name. */
  readonly values: Readonly<Record<string, Value>>;
  readonly activations: Tensor;
  /** By class slot. */
  readonly gradients: readonly Tensor[];
}

export interface GoldenCase {
  readonly name: string;
  readonly folder: string;
  /** The model files there are. */
  readonly models: readonly string[];
  readonly input: Tensor;
  readonly logits: Tensor;
  /** `classes[slot][image]`. */
  readonly classes: readonly (readonly number[])[];
  readonly layers: readonly GoldenLayer[];
}

interface Meta {
  readonly classes: readonly (readonly number[])[];
  readonly targets: Readonly<Record<string, { readonly onnx: Readonly<Record<string, readonly { name: Value }[]>> }>>;
}

/** All cases of a folder. */
export function goldenCases(root: string): GoldenCase[] {
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, "meta.json")))
    .map((name) => goldenCase(root, name));
}

function goldenCase(root: string, name: string): GoldenCase {
  const folder = join(root, name);
  const array = (...path: string[]) => readNpy(readFileSync(join(folder, ...path)), join(name, ...path));
  const { classes, targets } = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Meta;
  const layers = Object.entries(targets).map(([layer, { onnx }]) => ({
    name: layer,
    values: Object.fromEntries(Object.entries(onnx).flatMap(([file, [first]]) => (first ? [[file, first.name]] : []))),
    activations: array(layer, "activations.npy"),
    gradients: classes.map((_, slot) => array(layer, `c${slot}`, "grads.npy")),
  }));
  const models = ["model.onnx", "model_dynamo.onnx"].filter((file) => existsSync(join(folder, file)));
  return { name, folder, models, input: array("input.npy"), logits: array("logits.npy"), classes, layers };
}

/** The largest difference of two tensors relative to the largest element of the expected one. */
export function relativeDifference(actual: Tensor, expected: Tensor): number {
  if (actual.size !== expected.size) return Number.NaN;
  const [a, b] = [numbers(actual), numbers(expected)];
  const largest = b.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] as number))), 0) / largest;
}
