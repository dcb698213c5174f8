/** @file The explainers of one model by layer and method, as many as are kept open. */

import type { ImageExplainer, LoadedModel } from "../../../explain/loaded-model.js";
import type { ExplainChoice } from "./messages.js";

/** Each holds the network's weights once more. */
const mostOpen = 4;

type Choice = Pick<ExplainChoice, "layer" | "method" | "against">;

export class Explainers {
  readonly #model: LoadedModel;
  /** The one that was used last stands at the end. */
  readonly #open = new Map<string, ImageExplainer>();

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  /** @throws FoveaError as `LoadedModel.explainer` and the work do */
  async use<Result>(choice: Choice, work: (explainer: ImageExplainer) => Promise<Result>): Promise<Result> {
    const { layer, method, against } = choice;
    const key = JSON.stringify([layer, method, against]);
    const explainer = this.#open.get(key) ?? (await this.#model.explainer({ layer, method, against }));
    this.#open.delete(key);
    this.#open.set(key, explainer);
    const [oldest] = this.#open;
    if (oldest && this.#open.size > mostOpen) {
      this.#open.delete(oldest[0]);
      await oldest[1].close();
    }
    return work(explainer);
  }
}
