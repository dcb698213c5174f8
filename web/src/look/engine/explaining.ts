/** @file Explains pictures: keeps the explainers that were used last, and lets a new request cancel the one before. */

import { createExplainer } from "../../../../src/explain/explainer.js";
import type { Explanation } from "../../../../src/explain/explanation.js";
import { diagnosisOf, mapOf } from "../../../../src/explain/maps.js";
import type { Explainer } from "../../../../src/explain/options.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import type { Model } from "../../../../src/model/model.js";
import { prepareInput } from "../../../../src/model/run/read-image.js";
import { classMinus } from "../../../../src/model/targets/class-minus.js";
import { withTarget } from "../../../../src/model/targets/target.js";
import { floats } from "../../../../src/onnx/tensor.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import { groundOf, painted } from "../../draw/engine/painting.js";
import type { ExplainRequest, ExplanationView, MapView } from "../../engine/api.js";
import { layerView } from "../../engine/models.js";

/** Each holds the network's weights once or twice. */
const mostOpen = 4;

/** Explainers by what they explain, the last used last. */
export class Explainers {
  readonly #open = new Map<string, Promise<Explainer>>();
  readonly #model: Model;
  readonly #runtime: Runtime;

  constructor(model: Model, runtime: Runtime) {
    this.#model = model;
    this.#runtime = runtime;
  }

  get({ method, layer, minus, against = false }: Omit<ExplainRequest, "picture" | "classes">): Promise<Explainer> {
    const key = JSON.stringify([method, layer, minus, against]);
    const found = this.#open.get(key) ?? this.#create({ method, layer, minus, against });
    this.#open.delete(key);
    this.#open.set(key, found);
    // One that could not be made is not kept.
    found.catch(() => this.#open.delete(key));
    this.#closeOldest();
    return found;
  }

  async #create({ method, layer, minus, against }: Omit<ExplainRequest, "picture" | "classes">): Promise<Explainer> {
    const model = minus === undefined ? this.#model : await withTarget(this.#model, classMinus(minus), this.#runtime);
    return createExplainer(model, { runtime: this.#runtime, method, layer, against: against ?? false });
  }

  #closeOldest(): void {
    for (const [key, explainer] of this.#open) {
      if (this.#open.size <= mostOpen) return;
      this.#open.delete(key);
      explainer.then((each) => each.close()).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    for (const explainer of all) await (await explainer.catch(() => undefined))?.close();
  }
}

export interface ExplainContext {
  readonly model: Model;
  readonly runtime: Runtime;
  readonly explainers: Explainers;
  readonly signal: AbortSignal;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export async function explainPicture(
  original: Picture,
  request: ExplainRequest,
  { model, runtime, explainers, signal, progress }: ExplainContext,
): Promise<ExplanationView> {
  const ground = groundOf(original);
  const picture = painted(original, request.strokes ?? [], ground);
  const [explainer, prepared] = await Promise.all([explainers.get(request), prepareInput(model, picture, runtime)]);
  signal.throwIfAborted();
  const began = performance.now();
  const explanation = await explainer.explain(prepared.input, { classes: request.classes, signal, progress });
  const milliseconds = performance.now() - began;
  const { width, height } = picture;
  return {
    request,
    layer: { ...layerView(explainer.layer), reason: explainer.layer.reason },
    box: prepared.box,
    size: { width, height },
    ground: `rgb(${ground.join(" ")})`,
    probabilities: floats(explanation.probabilities).slice(),
    scores: floats(explanation.scores).slice(),
    predicted: explanation.predicted[0] as number,
    maps: mapViews(explanation),
    notes: [...prepared.notes, ...explainer.notes],
    milliseconds,
  };
}

function mapViews(explanation: Explanation): MapView[] {
  const { completeness } = explanation;
  return (explanation.classes[0] ?? []).map((index, k) => ({
    class: index,
    evidence: mapOf(explanation, 0, k, { signed: true }),
    diagnosis: diagnosisOf(explanation, 0, k),
    completeness: completeness && {
      attributed: floats(completeness.attributed)[k] as number,
      total: floats(completeness.total)[k] as number,
    },
  }));
}
