/** @file The network behind a layer with some of the layer's concepts weakened or taken away. */

import { findCut } from "../../model/layers/cut.js";
import { activationPlanes } from "../../model/layers/fold.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { rowsOf } from "../../model/run/batches.js";
import { appendScores, appendSum } from "../../model/run/classifier.js";
import type { Sessions } from "../../model/run/sessions.js";
import { own, ownFeeds, type Tensors, tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import { MaskedRuns, type PassStart } from "../run/passes/masked-runs.js";
import { replaceValue } from "../run/passes/replace-value.js";
import { unfoldToLayer } from "./unfold.js";

/**
 * What becomes of the layer A, with m for how much of each concept is kept and A ≈ Σₖ uₖ wₖ:
 * - `rebuilt`: Σₖ mₖ uₖ wₖ, which leaves out what no concept says (CRAFT's perturbation);
 * - `reduced`: A - min(Σₖ (1 - mₖ) uₖ wₖ, max(A, 0)), which keeps it, and turns no activation negative.
 */
export type Change = "rebuilt" | "reduced";

/** One image, and its concepts. */
export interface ImageConcepts {
  /** [1, ...], the network's own input. */
  readonly image: Tensor;
  /** float32 [K, h w]. */
  readonly amounts: Tensor;
  /** float32 [K, C]. */
  readonly directions: Tensor;
}

/** Scores of an image with its layer changed in many ways. */
export class ChangedLayer {
  readonly #model: Model;
  readonly #layer: Layer;
  readonly #sessions: Sessions;
  readonly #front: Graph;
  readonly #cut: readonly Value[];
  readonly #runs: Readonly<Record<Change, MaskedRuns>>;

  constructor(model: Model, layer: Layer, sessions: Sessions) {
    this.#model = model;
    this.#layer = layer;
    this.#sessions = sessions;
    const op = new Builder(copyGraph(model.graph));
    const scores = op.named(own("values"), appendScores(op, model).scores);
    this.#cut = findCut(op.graph, layer.name, [scores]);
    this.#front = prune(op.graph, [...this.#cut, appendSum(op, model)]);
    const around = this.#cut.filter((name) => name !== layer.name);
    const runs = (change: Change) => {
      const tail = copyGraph(op.graph);
      replaceValue(tail, layer, "fovea/concepts", (at, one) => appendChange(at, one, layer, change));
      const run = (graph: Graph, feeds: Tensors) => sessions.run(graph, feeds);
      return new MaskedRuns(model, prune(tail, [scores], around), run);
    };
    this.#runs = { rebuilt: runs("rebuilt"), reduced: runs("reduced") };
  }

  /** Runs an image up to the layer; all its changes start there. */
  async start({ image, amounts, directions }: ImageConcepts): Promise<PassStart> {
    const passed = await this.#sessions.run(this.#front, { [this.#model.input.name]: image });
    const around = Object.fromEntries(
      this.#cut.filter((name) => name !== this.#layer.name).map((name) => [name, tensorNamed(passed, name)]),
    );
    return { image, one: tensorNamed(passed, this.#layer.name), around, feeds: ownFeeds({ amounts, directions }) };
  }

  /**
   * Scores of all classes for each mask.
   * @param masks float32 [N, K], how much of each concept is kept
   * @returns N rows
   */
  async scores(change: Change, start: PassStart, masks: Tensor): Promise<Float32Array[]> {
    const rows: Float32Array[] = [];
    const plan = { count: masks.dims[0] ?? 0, rows: { kept: masks } };
    for await (const { count, values } of this.#runs[change].of(start, plan))
      for (let i = 0; i < count; i++) rows.push(floats(rowsOf(values, i, 1)));
    return rows;
  }
}

function appendChange(op: Builder, one: Value, layer: Layer, change: Change): Value {
  const planes = activationPlanes(op, { ...layer, name: one });
  const kept = op.input(own("kept"), "float32", ["b", "K"]);
  const amounts = op.input(own("amounts"), "float32", ["K", "P"]);
  const directions = op.Transpose(op.input(own("directions"), "float32", ["K", "C"]), { perm: [1, 0] });
  const weights = op.Unsqueeze(change === "rebuilt" ? kept : op.Sub(op.scalar(1), kept), op.ints([2]));
  const sums = op.MatMul(directions, op.Mul(weights, amounts));
  const shape = op.Concat(op.ints([0]), op.Shape(planes, { start: 1 }), { axis: 0 });
  const changed = op.Reshape(sums, shape);
  const result = change === "rebuilt" ? changed : op.Sub(planes, op.Min(changed, op.Relu(planes)));
  return unfoldToLayer(op, result, one, layer);
}
