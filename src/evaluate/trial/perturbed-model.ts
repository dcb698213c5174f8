/** @file Runs a model on images of which parts are kept and parts replaced. */

import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import { blurGraph } from "../../image/input/blur.js";
import type { Model } from "../../model/model.js";
import { preprocessingOf } from "../../model/preprocessing.js";
import { type Classifier, createClassifier } from "../../model/run/classifier.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph, type Graph } from "../../onnx/graph.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { SessionCache } from "../../runtime/session-cache.js";
import { imputeGraph } from "./impute.js";
import { perChannel } from "./input-pixels.js";
import { type Keep, type PerturbedModel, sizeOfImages } from "./trial.js";

/** Standard deviation of the noise in imputed pixels, where 0 is black and 1 white (Rong et al. 2022). */
const imputationNoise = 0.01;

/** Runs a model on images of which pixels are taken away. Sessions are opened when first needed. */
export function createPerturbedModel(model: Model, { runtime }: { readonly runtime: Runtime }): PerturbedModel {
  // Says here, in one line, that an input is no picture.
  const last = preprocessingOf(model).preprocessing.layout === "nhwc";
  const classifier: Classifier = createClassifier(model, { runtime });
  const sessions = new SessionCache<string>();
  const sizes = (image: Tensor) => sizeOfImages(image, last);
  const masks = (image: Tensor, keeps: readonly Keep[]) => {
    const { height, width } = sizes(image);
    const values = new Float32Array(keeps.length * height * width);
    keeps.forEach((keep, i) => values.set(keep, i * height * width));
    return float32(last ? [keeps.length, height, width, 1] : [keeps.length, 1, height, width], values);
  };
  const run = async (name: string, graph: () => Graph, feeds: Record<string, Tensor>) =>
    present((await (await sessions.get(name, () => runtime.open(graph()))).run(feeds)).result, "result");

  return {
    model,
    async probabilities(images, target) {
      const all = await classifier.classify(images);
      const [count = 0, classes = 0] = all.dims;
      return Float32Array.from({ length: count }, (_, i) => at(floats(all), i * classes + target));
    },
    async predicted(image) {
      const all = floats(await classifier.classify(image));
      return all.reduce((best, value, i) => (value > at(all, best) ? i : best), 0);
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
      await sessions.close();
    },
  };
}

/** image, instead [1, ...] and keep [n, ...] to instead + keep (image - instead). */
function blendGraph(): Graph {
  const op = new Builder(emptyGraph("blend"));
  const [image, instead, keep] = ["image", "instead", "keep"].map((name) =>
    op.input(name, "float32", ["", "", "", ""]),
  );
  // Written so that pixels kept whole stay the same bit for bit.
  op.output(op.Add(op.Mul(image, keep), op.Mul(instead, op.Sub(op.scalar(1), keep))), "result");
  return op.graph;
}
