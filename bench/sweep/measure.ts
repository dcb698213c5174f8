/** @file Compares one exported network with PyTorch's numbers: scores, the layer, its maps, and the layer that `auto` takes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "../../src/cli/platform.js";
import { readNpy } from "../../src/data/npy.js";
import { loadModel } from "../../src/explain/node.js";
import { chooseLayer } from "../../src/model/layers/choose-layer.js";
import { explainableLayers } from "../../src/model/layers/find-layers.js";
import { activationPlanes } from "../../src/model/layers/fold.js";
import { type Layer, layerSize } from "../../src/model/layers/layer.js";
import { gridOf } from "../../src/model/layers/layout.js";
import type { Model } from "../../src/model/model.js";
import { Builder } from "../../src/onnx/builder.js";
import { copyGraph } from "../../src/onnx/graph.js";
import { prune } from "../../src/onnx/prune.js";
import { floats, type Tensor } from "../../src/onnx/tensor.js";
import type { Form, Reference } from "./reference.js";

/** The classes whose maps PyTorch wrote. */
const classes = [1, 7];
/** Of activations that are the same layer's. */
const sameLayer = 1e-3;

/** A difference from PyTorch's float32 numbers, and of both from its float64 ones, relative to the largest magnitude. */
export interface Difference {
  readonly ours: number;
  readonly ours64: number;
  readonly torch64: number;
}

export interface Measured {
  readonly name: string;
  readonly form: Form;
  /** Why PyTorch wrote no file. */
  readonly notExported?: string;
  /** Why Fovea explained nothing. */
  readonly refused?: string;
  /** The layer that `auto` takes, with its size. */
  readonly auto?: string;
  /** The practitioners' layer that it is; undefined for none of them. */
  readonly is?: string | undefined;
  /** Whether `auto` has as few places as the practitioners' layers, or fewer. */
  readonly lastStage?: boolean;
  readonly scores?: Difference;
  readonly activation?: number;
  readonly cam?: Difference;
  readonly hires?: Difference;
}

/** @param folder what PyTorch wrote */
export async function measure({ name, layers, exports }: Reference, form: Form, folder: string): Promise<Measured> {
  if (exports[form] !== "ok") return { name, form, notExported: exports[form] };
  try {
    return { name, form, ...(await compare(layers, form, folder)) };
  } catch (error) {
    return { name, form, refused: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

async function compare(
  layers: readonly string[],
  form: Form,
  folder: string,
): Promise<Omit<Measured, "name" | "form">> {
  const array = (file: string) => readNpy(readFileSync(join(folder, `${file}.npy`)), file);
  const model = await loadModel(join(folder, `${form}.onnx`));
  const input = array("input");
  const wanted = layers.map((_, k) => array(`activation-${k}`));
  const auto = chooseLayer(model, "auto");
  const found = await layersEqualTo(model, input, wanted, auto);
  const at = found.find((each) => each.layer === auto.name);
  const { sizes: chosenSizes } = gridOf(auto.layout, auto.dims);
  const [smallest = 0] = wanted.map(({ dims: [, h = 0, w = 0] }) => h * w).sort((a, b) => b - a);
  const about = {
    auto: `${auto.name} (${layerSize(auto)})`,
    is: at && layers[at.index],
    lastStage: chosenSizes.reduce<number>((product, size) => product * Number(size), 1) <= smallest,
  };
  // Places alone are compared: another value may hold the same beside another class token, and lead nowhere.
  const ofFirst = found.filter(({ index }) => index === 0);
  const first = ofFirst.find(({ layer }) => layer === auto.name) ?? ofFirst[0];
  if (first === undefined) return { ...about, refused: `none of the layers that can be explained is ${layers[0]}` };
  const [cam, hires] = await Promise.all(
    ["grad-cam", "hires-cam"].map((method) => explained(model, input, first.layer, method)),
  );
  const scales = floats(array("scale"));
  const differenceOf = (map: Tensor | undefined, file: string) =>
    difference(map, array(file), array(`${file}64`), scales);
  return {
    ...about,
    scores: difference(cam?.scores, array("logits"), array("logits64")),
    activation: first.error,
    cam: differenceOf(cam?.evidence, "cam"),
    hires: differenceOf(hires?.evidence, "hires"),
  };
}

interface FoundLayer {
  readonly layer: string;
  /** Which of the wanted layers it is. */
  readonly index: number;
  readonly error: number;
}

/** The layers whose activations are those wanted, [C, h, w]. */
async function layersEqualTo(
  model: Model,
  input: Tensor,
  wanted: readonly Tensor[],
  auto: Layer,
): Promise<FoundLayer[]> {
  const op = new Builder(copyGraph(model.graph), "sweep");
  const sizes = new Set(wanted.map(({ dims: [, h, w] }) => `${h}x${w}`));
  const candidates = explainableLayers(model).filter(({ layout, dims, name }) => {
    return name === auto.name || sizes.has(gridOf(layout, dims).sizes.join("x"));
  });
  const planes = candidates.map((layer) => op.named(op.fresh("planes"), activationPlanes(op, layer)));
  const session = await runtime.open(prune(op.graph, planes));
  try {
    const results = await session.run({ [model.input.name]: input });
    return candidates.flatMap((layer, i) =>
      wanted.flatMap((each, index) => {
        const actual = results[planes[i] ?? ""];
        const error = actual ? relative(floats(actual), floats(each)) : Number.NaN;
        return error <= sameLayer ? [{ layer: layer.name, index, error }] : [];
      }),
    );
  } finally {
    await session.close();
  }
}

async function explained(model: Awaited<ReturnType<typeof loadModel>>, input: Tensor, layer: string, method: string) {
  const explainer = await model.explainer({ layer, method });
  try {
    return await explainer.explain(input, { classes });
  } finally {
    await explainer.close();
  }
}

/** @param scales of values that may cancel: where nothing but rounding is left of them, this is what it is relative to */
function difference(actual: Tensor | undefined, torch: Tensor, exact: Tensor, scales?: Float32Array): Difference {
  if (actual === undefined) throw new Error("internal: nothing to compare");
  const [ours, theirs, truth] = [actual, torch, exact].map(floats) as [Float32Array, Float32Array, Float32Array];
  const parts = scales?.length ?? 1;
  const size = ours.length / parts;
  const worst = (a: Float32Array, b: Float32Array) =>
    Math.max(
      ...Array.from({ length: parts }, (_, k) => {
        const [x, y] = [a, b].map((each) => each.subarray(k * size, (k + 1) * size)) as [Float32Array, Float32Array];
        return relative(x, y, cancelled * (scales?.[k] ?? 0));
      }),
    );
  return { ours: worst(ours, theirs), ours64: worst(ours, truth), torch64: worst(theirs, truth) };
}

/** A map below this share of the sum of its parts' magnitudes has cancelled: a few thousand parts round to 1e-4 of it. */
const cancelled = 1e-2;

/** The largest difference, relative to the largest magnitude, or to `least` where that is more. */
function relative(actual: Float32Array, expected: Float32Array, least = 0): number {
  if (actual.length !== expected.length) return Number.NaN;
  let [largest, worst] = [least, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] as number));
    const error = Math.abs((actual[i] as number) - (expected[i] as number));
    if (!(error <= worst)) worst = error;
  }
  return worst / (largest || 1);
}
