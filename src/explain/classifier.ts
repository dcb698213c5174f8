/** @file Class probabilities of batches of images, without a map; what no gradient is needed for. */

import { FoveaError } from "../error.js";
import { Builder, copyGraph, dimsOf, floats, type Graph, prune, type Tensor, type Value } from "../onnx/index.js";
import type { Runtime, Session } from "../runtime/index.js";
import { Batches } from "./batches.js";
import type { Model } from "./model.js";
import { worthRepacking } from "./repack.js";

export interface Classifier {
  readonly model: Model;
  /**
   * Class probabilities [N, classes].
   * @param images the model's input, float32 [N, C, H, W]
   * @throws FoveaError `bad-input` for NaN or infinite input, `shape-mismatch`
   */
  classify(images: Tensor): Promise<Tensor>;
  close(): Promise<void>;
}

/** Works for every model, differentiable or not; its session is opened when first needed. */
export function createClassifier(model: Model, { runtime }: { readonly runtime: Runtime }): Classifier {
  const batches = new Batches(model);
  const graph = scoresGraph(model);
  let session: Promise<Session> | undefined;
  return {
    model,
    async classify(images) {
      checkImages(model, images);
      const runs = await batches.run(images, async (part) => {
        session ??= runtime.open(graph, { repack: worthRepacking(graph, part.dims[0] as number) });
        return [await (await session).run({ [model.input.name]: part })];
      });
      return runs[0]?.[own("probabilities")] as Tensor;
    },
    async close() {
      await (await session)?.close();
      session = undefined;
    },
  };
}

/** Names of our own inputs and outputs, which must not meet a name of the network's. */
export const own = (name: string): Value => `fovea/${name}`;

/** Scores as [N, classes], and the probabilities that the network's own ending makes of them. */
export function appendScores(op: Builder, model: Model): { scores: Value; probabilities: Value } {
  const rank = dimsOf(op.graph, model.scores)?.length;
  const scores = rank === 2 ? model.scores : op.Flatten(model.scores, { axis: 1 });
  const probabilities = model.ending === "sigmoid" ? op.Sigmoid(scores) : op.Softmax(scores, { axis: 1 });
  return { scores, probabilities };
}

function scoresGraph(model: Model): Graph {
  const op = new Builder(copyGraph(model.graph));
  const { probabilities } = appendScores(op, model);
  return prune(op.graph, [op.named(own("probabilities"), probabilities)]);
}

/** How many images there are, if they are what the model takes; where it takes one at a time, any number. */
export function checkImages(model: Model, images: Tensor): number {
  const expected = model.input.dims ?? [];
  const fits =
    images.dims.length === expected.length &&
    expected.every((dim, i) => typeof dim !== "number" || dim === images.dims[i] || (i === 0 && dim === 1));
  if (!fits || images.type !== "float32") {
    throw new FoveaError(
      "shape-mismatch",
      `images: expected float32 [${expected.join(", ")}], got ${images.type} [${images.dims.join(", ")}]`,
    );
  }
  const values = floats(images);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new FoveaError(
        "bad-input",
        `images: expected finite numbers, got ${values[i]} at element ${i} of ${values.length}`,
      );
    }
  }
  return images.dims[0] as number;
}
