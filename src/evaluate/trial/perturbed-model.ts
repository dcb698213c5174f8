/** @file A model asked what it makes of an image of which parts are kept and parts replaced. */

import { random } from "../../foundation/random.js";
import type { Model } from "../../model/model.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { type Classifier, createClassifier } from "../../model/run/classifier.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { blurGraph } from "./blur.js";
import { imputeGraph } from "./impute.js";
import { perChannel } from "./input-pixels.js";

/** What stands where an image is not kept: zeros of the model's input, or the image itself blurred beyond recognition. */
export type Replacement = "zero" | "blur";

/** What to keep of each place of an image, row by row: 1 all of it, 0 nothing. */
export type Keep = Float32Array;

export interface PerturbedModel {
  readonly model: Model;
  /** Probability of a class for each of n images. */
  probabilities(images: Tensor, target: number): Promise<Float32Array>;
  /** The class with the highest probability for one image. */
  predicted(image: Tensor): Promise<number>;
  /** Copies of one image, [1, ...] to [n, ...], of which each keeps what it is to keep. */
  blended(image: Tensor, keeps: readonly Keep[], replacement: Replacement): Promise<Tensor>;
  /** The same, where what is not kept (0 or 1 here) is made up from what is around it, and noise: see `imputeGraph`. */
  imputed(image: Tensor, keeps: readonly Keep[], seed: number | string): Promise<Tensor>;
  /** n copies with even noise: no pixel moves by more than `radius`, where 0 is black and 1 white. */
  jittered(image: Tensor, count: number, radius: number, seed: number | string): Tensor;
  close(): Promise<void>;
}

/** Standard deviation of the noise in what is made up, where 0 is black and 1 white (Rong et al. 2022). */
const imputationNoise = 0.01;

/** Sessions are opened when first needed. */
export function createPerturbedModel(model: Model, { runtime }: { readonly runtime: Runtime }): PerturbedModel {
  // Says here, in one line, that an input is no picture.
  const last = preprocessingOf(model).preprocessing.layout === "nhwc";
  const classifier: Classifier = createClassifier(model, { runtime });
  const open = new Map<string, Promise<Session>>();
  const session = (name: string, graph: () => Graph) => {
    const known = open.get(name) ?? runtime.open(graph());
    open.set(name, known);
    return known;
  };
  const sizes = (image: Tensor) => {
    const [height, width] = image.dims.slice(last ? 1 : 2) as [number, number];
    return { height, width };
  };
  const masks = (image: Tensor, keeps: readonly Keep[]) => {
    const { height, width } = sizes(image);
    const values = new Float32Array(keeps.length * height * width);
    keeps.forEach((keep, i) => values.set(keep, i * height * width));
    return float32(last ? [keeps.length, height, width, 1] : [keeps.length, 1, height, width], values);
  };
  const run = async (name: string, graph: () => Graph, feeds: Record<string, Tensor>) =>
    (await (await session(name, graph)).run(feeds)).result as Tensor;

  return {
    model,
    async probabilities(images, target) {
      const all = await classifier.classify(images);
      const [count = 0, classes = 0] = all.dims;
      return Float32Array.from({ length: count }, (_, i) => floats(all)[i * classes + target] as number);
    },
    async predicted(image) {
      const all = floats(await classifier.classify(image));
      return all.reduce((best, value, i) => (value > (all[best] as number) ? i : best), 0);
    },
    async blended(image, keeps, replacement) {
      const instead =
        replacement === "zero"
          ? float32(image.dims, new Float32Array(image.size))
          : await run(`blur ${image.dims}`, () => blurGraph(sizes(image), last), { image });
      return run("blend", () => blendGraph(), { image, instead, keep: masks(image, keeps) });
    },
    async imputed(image, keeps, seed) {
      const source = random(seed).fork("imputation");
      const values = Float32Array.from({ length: image.size }, () => source.normal());
      const feeds = {
        image,
        keep: masks(image, keeps),
        noise: float32(image.dims, values),
        unit: perChannel(model, 1),
        deviation: perChannel(model, imputationNoise),
      };
      return run(`impute ${image.dims}`, () => imputeGraph(sizes(image), last), feeds);
    },
    jittered(image, count, radius, seed) {
      const source = random(seed).fork("jitter");
      const reach = floats(perChannel(model, radius));
      const area = sizes(image).height * sizes(image).width;
      const [values, size] = [floats(image), image.size];
      const moved = Float32Array.from({ length: count * size }, (_, i) => {
        const c = last ? i % reach.length : Math.floor(i / area) % reach.length;
        return (values[i % size] as number) + (2 * source.uniform() - 1) * (reach[c] as number);
      });
      return float32([count, ...image.dims.slice(1)], moved);
    },
    async close() {
      await classifier.close();
      for (const each of open.values()) await (await each.catch(() => undefined))?.close();
      open.clear();
    },
  };
}

/** image, instead [1, ...] and keep [n, ...] to instead + keep (image - instead). */
function blendGraph(): Graph {
  const op = new Builder(emptyGraph("blend"));
  const [image, instead, keep] = ["image", "instead", "keep"].map((name) =>
    op.input(name, "float32", ["", "", "", ""]),
  );
  // Written so that what is kept whole stays the same bit for bit.
  op.output(op.Add(op.Mul(image, keep), op.Mul(instead, op.Sub(op.scalar(1), keep))), "result");
  return op.graph;
}
