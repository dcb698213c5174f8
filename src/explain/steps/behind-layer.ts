/** @file Runs what lies behind a layer again, with the layer's values changed. */

import { findCut } from "../../model/layers/cut.js";
import type { Layer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { Batches } from "../../model/run/batches.js";
import { appendScores } from "../../model/run/classifier.js";
import { type Tensors, tensorNamed } from "../../model/run/tensors.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { floats, type Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";

/** Of all classes. */
export interface ScoresBehind {
  /** Before softmax. */
  readonly scores: Float32Array;
  readonly probabilities: Float32Array;
}

/** Values that a changed layer takes in the place of its own, in its own layout. */
type Change = (layer: Tensor) => Tensor;

/** What is kept of the image that was run last. */
interface Front {
  readonly image: Tensor;
  readonly passed: Tensors;
}

/** The names of both in the part behind the layer. */
interface Outputs {
  readonly scores: string;
  readonly probabilities: string;
}

/** A network, and one of its layers. */
interface AtLayer {
  readonly model: Model;
  readonly layer: Pick<Layer, "name">;
}

/** The network in two parts, cut at a layer. What passes around the layer stays as it is. */
export class BehindLayer {
  readonly #model: Model;
  readonly #layer: string;
  readonly #front: Session;
  readonly #tail: Session;
  readonly #outputs: Outputs;
  #last: Front | undefined;

  private constructor({ model, layer }: AtLayer, front: Session, tail: Session, outputs: Outputs) {
    this.#model = model;
    this.#layer = layer.name;
    this.#front = front;
    this.#tail = tail;
    this.#outputs = outputs;
  }

  static async open({ model, layer }: AtLayer, { runtime }: { readonly runtime: Runtime }): Promise<BehindLayer> {
    const op = new Builder(copyGraph(model.graph));
    const { scores, probabilities } = appendScores(op, model);
    const cut = findCut(op.graph, layer.name, [scores, probabilities]);
    const front = await runtime.open(prune(op.graph, cut));
    const tail = await runtime.open(prune(op.graph, [...new Set([scores, probabilities])], cut));
    return new BehindLayer({ model, layer }, front, tail, { scores, probabilities });
  }

  /**
   * The scores of one image with its layer changed.
   * @param image [1, ...]; the same tensor again runs only what lies behind the layer
   */
  async scores(image: Tensor, change: Change): Promise<ScoresBehind> {
    const [result] = await new Batches(this.#model).run(image, async (part) => {
      const passed = this.#last?.image === image ? this.#last.passed : await this.#runFront(part);
      this.#last = { image, passed };
      const layer = tensorNamed(passed, this.#layer);
      return [await this.#tail.run({ ...passed, [this.#layer]: change(layer) })];
    });
    const valuesOf = (name: string) => floats(tensorNamed(result ?? {}, name));
    return { scores: valuesOf(this.#outputs.scores), probabilities: valuesOf(this.#outputs.probabilities) };
  }

  #runFront(part: Tensor): Promise<Tensors> {
    return this.#front.run({ [this.#model.input.name]: part });
  }

  async close(): Promise<void> {
    await this.#front.close();
    await this.#tail.close();
  }
}
