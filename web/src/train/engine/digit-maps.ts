/** @file Predictions and Grad-CAM maps of a few fixed digits, by a network as it is at a moment. */

import type { LabelledImages } from "../../../../src/data/dataset.js";
import { take } from "../../../../src/data/subsets.js";
import { createExplainer } from "../../../../src/explain/explainer.js";
import type { Explanation } from "../../../../src/explain/explanation.js";
import { displayMapOf } from "../../../../src/explain/maps.js";
import type { ColormapName } from "../../../../src/image/map/colormap.js";
import { overlay } from "../../../../src/image/map/overlay.js";
import { toRgba } from "../../../../src/image/picture/picture.js";
import { enlargePixels } from "../../../../src/image/picture/resize.js";
import { openModel } from "../../../../src/model/open.js";
import type { Graph } from "../../../../src/onnx/graph.js";
import { floats } from "../../../../src/onnx/tensor.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import { scaleImages } from "../../../../src/train/validate.js";
import type { DigitView, Look } from "./api.js";
import { type Digit, lookOf } from "./looks.js";

const watched = 12;
/** Pixels of a painted digit, about. */
const side = 224;

/** A dozen images: the first of each class, then the next ones, in the order of their classes. */
export function chooseDigits(images: LabelledImages): LabelledImages {
  const counts = new Map<number, number>();
  const candidates = Array.from(images.labels, (label, index) => {
    const rank = counts.get(label) ?? 0;
    counts.set(label, rank + 1);
    return { label, index, rank };
  });
  const digits = candidates.sort((a, b) => a.rank - b.rank || a.label - b.label).slice(0, watched);
  return take(
    images,
    digits.sort((a, b) => a.label - b.label || a.index - b.index).map(({ index }) => index),
  );
}

export interface DigitMaps {
  readonly layer: string;
  readonly digits: readonly DigitView[];
  readonly looks: readonly Look[];
  /** Of each digit's own class, at the digit's size. */
  readonly maps: readonly Float32Array[];
}

export interface ExplainDigitsOptions {
  readonly runtime: Runtime;
  readonly colormap: ColormapName;
}

/** The predictions of a network, which takes pixels as 0..1, and its maps, of each digit's own class. */
export async function explainDigits(
  network: Graph,
  digits: LabelledImages,
  { runtime, colormap }: ExplainDigitsOptions,
): Promise<DigitMaps> {
  const model = await openModel(network, runtime, "the network in training");
  const explainer = await createExplainer(model, { runtime });
  try {
    const explanation = await explainer.explain(scaleImages(digits, 0, digits.count), { labels: digits.labels });
    const each = Array.from(digits.labels, (label, i) => {
      const digit = digitOf(digits, i);
      const view = digitView(explanation, digit, i, colormap);
      const { values } = displayMapOf(explanation, i, 0, digit);
      const map = Float32Array.from(values);
      return { view, map, look: { label, right: view.predicted === label, ...lookOf(digit, map) } };
    });
    return {
      layer: explainer.layer.name,
      digits: each.map(({ view }) => view),
      looks: each.map(({ look }) => look),
      maps: each.map(({ map }) => map),
    };
  } finally {
    await explainer.close();
  }
}

function digitOf({ width, height, pixels }: LabelledImages, i: number): Digit & { readonly channels: 1 } {
  const size = width * height;
  return { width, height, channels: 1, pixels: pixels.subarray(i * size, (i + 1) * size) };
}

function digitView(
  explanation: Explanation,
  digit: ReturnType<typeof digitOf>,
  i: number,
  colormap: ColormapName,
): DigitView {
  const [, classes = 1] = explanation.probabilities.dims;
  const predicted = explanation.predicted[i] as number;
  const large = enlargePixels(digit, Math.max(1, Math.round(side / digit.width)));
  const map = displayMapOf(explanation, i, 0, large);
  return {
    predicted,
    probability: floats(explanation.probabilities)[i * classes + predicted] as number,
    painted: new ImageData(toRgba(overlay(large, map, { colormap })), large.width, large.height),
    blank: map.values.every((value) => value === 0),
  };
}
