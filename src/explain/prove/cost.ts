/** @file The cost of an explanation, beside plain inference of the untouched file. */

import { checkOptions } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { closeAll } from "../../foundation/lifetime.js";
import { type PairedTiming, paired } from "../../foundation/timing.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import type { Graph } from "../../onnx/graph.js";
import { createExplainer } from "../explainer.js";
import type { ExplainerOptions } from "../options.js";
import { noiseImages } from "./noise.js";

export interface MeasureCostOptions extends ExplainerOptions {
  /** The untouched file, or another source that the runtime opens. */
  readonly source: Uint8Array | string | Graph;
  /** Images in one run. Default 1. */
  readonly batch?: number;
  /** How often both jobs take turns. Default 15. */
  readonly pairs?: number;
}

/** The cost of an explanation beside plain inference: `first` is plain inference, `second` the explanation of each image's predicted class; in milliseconds for the batch. */
export interface Cost extends PairedTiming {
  readonly batch: number;
  readonly layer: ChosenLayer;
}

/**
 * Times plain inference and explanations of the same seeded noise in turn.
 * @throws FoveaError as `createExplainer` does, and `bad-input` for a batch that the file does not take
 */
export async function measureCost(model: Model, options: MeasureCostOptions): Promise<Cost> {
  checkOptions("measureCost", options);
  const { source, batch = 1, pairs = 15, runtime, ...explaining } = options;
  const images = noiseImages(model, { seed: 1, batch });
  if (images.dims[0] !== batch)
    throw new FoveaError("bad-input", `batch ${batch}: expected ${images.dims[0]}, which is all that the model takes`);
  const plain = await runtime.open(source);
  const explainer = await createExplainer(model, { ...explaining, runtime });
  try {
    const feeds = { ...model.constants, [model.input.name]: images };
    const timing = await paired(
      () => plain.run(feeds),
      () => explainer.explain(images),
      { pairs },
    );
    return { ...timing, batch, layer: explainer.layer };
  } finally {
    await closeAll([explainer, plain]);
  }
}
