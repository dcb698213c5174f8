/** @file The map that a network gives itself, of one image after the other. */

import { FoveaError } from "../../foundation/error.js";
import { type FloatMap, floatMap } from "../../image/map/heatmap.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import { filledUp } from "./batches.js";
import { appendSum, checkImages } from "./classifier.js";
import { Sessions } from "./sessions.js";
import { tensorNamed } from "./tensors.js";

/** A map as the network gives it, with its score of the image where there is one. */
export interface GivenMap {
  readonly map: FloatMap;
  readonly score: number | undefined;
}

/** Reads the maps of a network. */
export interface MapReader {
  /**
   * @param image the model's input, float32 [1, C, H, W]
   * @throws FoveaError `bad-input` for NaN or infinite input or output, `shape-mismatch`, `closed`
   */
  read(image: Tensor): Promise<GivenMap>;
  close(): Promise<void>;
}

/** @throws FoveaError `bad-input` for a model of another task */
export function createMapReader(model: Model, { runtime }: { readonly runtime: Runtime }): MapReader {
  const { task } = model;
  if (task.name !== "map")
    throw new FoveaError("bad-input", `map: expected a model that gives one, got a model for ${task.name}`);
  const { output, score } = task;
  const op = new Builder(copyGraph(model.graph));
  const graph = prune(op.graph, [output, ...(score === undefined ? [] : [score]), appendSum(op, model)]);
  const sessions = new Sessions(runtime);
  return {
    async read(image) {
      checkImages(model, image);
      const results = await sessions.run(graph, { [model.input.name]: filledUp(model, image) }, 1);
      const plane = tensorNamed(results, output);
      const [height = 1, width = 1] = plane.dims.slice(-2);
      const map = floatMap(width, height, floats(plane).slice(0, width * height));
      return { map, score: score === undefined ? undefined : floats(tensorNamed(results, score))[0] };
    },
    close: () => sessions.close(),
  };
}

/** How a map's values are read: which of them are high, and on which scale they are drawn. */
export interface MapScale {
  readonly least: number;
  readonly most: number;
  /** Values from here on are high (see `highRegion`). */
  readonly limit: number;
  /** The value, or the magnitude, at the end of the colour scale. */
  readonly peak: number;
  /** Some values are below zero: zero lies in the middle of the scale. */
  readonly signed: boolean;
}

/** Values from 0 to 1 are drawn on that scale, those above up to the largest; those with some below 0 in colours of both signs. */
export function scaleOf({ values }: FloatMap): MapScale {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const range = { least, most };
  if (least < 0) return { ...range, limit: Math.min(0, most), peak: Math.max(-least, most), signed: true };
  if (most <= 1) return { ...range, limit: Math.min(0.5, most), peak: 1, signed: false };
  return { ...range, limit: most / 2, peak: most, signed: false };
}
