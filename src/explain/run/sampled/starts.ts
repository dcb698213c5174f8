/** @file Makes the inputs in which ways to images begin; loaded when the first one is explained. */

import { FoveaError } from "../../../foundation/error.js";
import { present } from "../../../foundation/present.js";
import { blurGraph } from "../../../image/input/blur.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import type { Model } from "../../../model/model.js";
import { preprocessingOf } from "../../../model/preprocessing.js";
import { joined, singleImages } from "../../../model/run/batches.js";
import type { Sessions } from "../../../model/run/sessions.js";
import type { Graph } from "../../../onnx/graph.js";
import { float32, sizeOf, Tensor } from "../../../onnx/tensor.js";
import type { Start } from "./baselines.js";

/**
 * Makes beginnings of ways to images: one input for all of them, [1, ...], or one for each, [N, ...].
 * @throws FoveaError `shape-mismatch`
 */
export function startMaker(model: Model, sessions: Sessions): (images: Tensor, start: Start) => Promise<Tensor> {
  const blur = blurrer(model, sessions);
  return async (images, start) => {
    const dims = [1, ...images.dims.slice(1)];
    if (start instanceof Tensor) {
      if (start.type === "float32" && start.dims.join() === dims.join()) return start;
      const got = `${start.type} [${start.dims.join(", ")}]`;
      throw new FoveaError("shape-mismatch", `baseline: expected float32 [${dims.join(", ")}], got ${got}`);
    }
    if (start === "blur") return blur(images);
    if (start === "zero") return float32(dims, new Float32Array(sizeOf(dims)));
    return plainInput(preprocessingOf(model).preprocessing, dims, start === "white" ? 255 : 0);
  };
}

/** The input of a picture that is one grey, 0 to 255, and opaque. */
function plainInput(preprocessing: Preprocessing, dims: readonly number[], grey: number): Tensor {
  const { mean, std, scale, channels, layout } = preprocessing;
  const pixels = std.map((_, channel) => (channel === 3 ? 255 : grey));
  const values = pixels.map((pixel, c) => (pixel * scale - (mean[c] ?? 0)) / (std[c] ?? 1));
  const all = new Float32Array(sizeOf(dims));
  const area = all.length / channels;
  for (let i = 0; i < all.length; i++)
    all[i] = values[layout === "nhwc" ? i % channels : Math.floor(i / area)] ?? Number.NaN;
  return float32(dims, all);
}

/** Blurs each image; the graph of a size is kept, because a session is opened for each graph. */
function blurrer(model: Model, sessions: Sessions): (images: Tensor) => Promise<Tensor> {
  const graphs = new Map<string, Graph>();
  return async (images) => {
    const last = preprocessingOf(model).preprocessing.layout === "nhwc";
    const [height = 1, width = 1] = images.dims.slice(last ? 1 : 2);
    const graph = graphs.get(`${height} ${width}`) ?? blurGraph({ height, width }, last);
    graphs.set(`${height} ${width}`, graph);
    const parts: Tensor[] = [];
    for (const image of singleImages(images))
      parts.push(present((await sessions.run(graph, { image }, 1)).result, "result"));
    return joined(parts);
  };
}
