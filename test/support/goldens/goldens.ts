/** @file Reference numbers from PyTorch, and how far a computed tensor is from them. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../../src/data/npy.js";
import type { Value } from "../../../src/onnx/graph.js";
import { numbers, type Tensor } from "../../../src/onnx/tensor.js";

/** The reference numbers that are part of the project. */
export const fixtureGoldens = fileURLToPath(new URL("../../fixtures/goldens", import.meta.url));

export interface GoldenLayer {
  readonly name: string;
  /** Whether autodiff sees the layer as the file does: the value in a model file, by the file's name. */
  readonly values: Readonly<Record<string, Value>>;
  readonly activations: Tensor;
  /** By class slot, like all that follows: the gradient of the class score. */
  readonly gradients: readonly Tensor[];
  /** Grad-CAM before the ReLU, [N, h, w]. */
  readonly maps: readonly Tensor[];
  /** What pytorch-grad-cam makes of it for display, [N, H, W]. */
  readonly displayMaps: readonly Tensor[];
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
  /** The gradients of the class scores at the input, by class slot; empty where the folder does not hold them. */
  readonly inputGradients: readonly Tensor[];
  /** What the numbers were made with, by package. */
  readonly versions: Readonly<Record<string, string>>;
}

interface Meta {
  readonly classes: readonly (readonly number[])[];
  readonly versions: Readonly<Record<string, string>>;
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
  const { classes, targets, versions } = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as Meta;
  const bySlot = (...path: string[]) =>
    classes.map((_, slot) => array(...path.slice(0, -1), `c${slot}`, path.at(-1) as string));
  const layers = Object.entries(targets).map(([layer, { onnx }]) => ({
    name: layer,
    values: Object.fromEntries(Object.entries(onnx).flatMap(([file, [first]]) => (first ? [[file, first.name]] : []))),
    activations: array(layer, "activations.npy"),
    gradients: bySlot(layer, "grads.npy"),
    maps: bySlot(layer, "gradcam.prerelu.npy"),
    displayMaps: bySlot(layer, "gradcam.final.npy"),
  }));
  return {
    name,
    folder,
    models: ["model.onnx", "model_dynamo.onnx"].filter((file) => existsSync(join(folder, file))),
    input: array("input.npy"),
    logits: array("logits.npy"),
    classes,
    layers,
    inputGradients: existsSync(join(folder, "c0", "saliency.npy")) ? bySlot("saliency.npy") : [],
    versions,
  };
}

/** The largest difference of two tensors relative to the largest element of the expected one; absolute where that is all zero. */
export function relativeDifference(actual: Tensor, expected: Tensor): number {
  if (actual.size !== expected.size) return Number.NaN;
  const [a, b] = [numbers(actual), numbers(expected)];
  const largest = b.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return a.reduce((max, value, i) => Math.max(max, Math.abs(value - (b[i] as number))), 0) / (largest || 1);
}
