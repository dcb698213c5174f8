/** @file The boxes of a detector in a picture, of which one is explained at a time. */

import { createBoxExplainer } from "../../../../src/explain/boxes/box-explainer.js";
import type { BoxExplainer } from "../../../../src/explain/boxes/box-options.js";
import { diagnose } from "../../../../src/explain/diagnose/diagnose.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { FoveaError } from "../../../../src/foundation/error.js";
import { at } from "../../../../src/foundation/present.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { checkPictures } from "../../../../src/model/layers/layer.js";
import { boxOnPicture } from "../../../../src/model/tasks/detection/on-picture.js";
import type { ExplainRequest, ExplanationView } from "../../engine/api.js";
import { layerView } from "../../engine/models.js";
import { readAsked } from "./painting.js";

/** The explainer that was used last; another method or layer is another one. */
export class BoxExplainers {
  #open: { readonly key: string; readonly explainer: BoxExplainer } | undefined;
  readonly #model: LoadedModel;

  constructor(model: LoadedModel) {
    this.#model = model;
  }

  get({ method, layer, against = false }: ExplainRequest): BoxExplainer {
    const key = JSON.stringify([method, layer, against]);
    if (this.#open?.key === key) return this.#open.explainer;
    this.close();
    const explainer = createBoxExplainer(this.#model, { method, against, ...(layer === "auto" ? {} : { layer }) });
    this.#open = { key, explainer };
    return explainer;
  }

  close(): void {
    this.#open?.explainer.close().catch(() => undefined);
    this.#open = undefined;
  }
}

interface BoxContext {
  readonly model: LoadedModel;
  readonly explainers: BoxExplainers;
  readonly signal: AbortSignal;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Finds the boxes, and explains the one that the request's class is the number of; the surest where there is no such.
 * @throws FoveaError `bad-input` where nothing is found
 */
export async function explainBox(
  original: Picture,
  request: ExplainRequest,
  { model, explainers, signal, progress }: BoxContext,
): Promise<ExplanationView> {
  const { image, placed } = await readAsked(model, original, request);
  signal.throwIfAborted();
  const explainer = explainers.get(request);
  const began = performance.now();
  const boxes = await explainer.detect(image.input);
  if (boxes.length === 0) throw new FoveaError("bad-input", "no box with a score of 25 % or more in this picture");
  const [choice] = request.classes;
  const wanted = typeof choice === "number" && choice < boxes.length ? choice : 0;
  const [found] = await explainer.explain(image.input, [at(boxes, wanted)], { signal, progress });
  const milliseconds = performance.now() - began;
  if (found === undefined) throw new Error("internal: a box without a map");
  const layer = at(found.layers, found.layers.length - 1);
  const { height, width } = checkPictures(model);
  const input = { height: Number(height), width: Number(width) };
  const scores = Float32Array.from(boxes, ({ score }) => score);
  return {
    request,
    layer: { ...layerView(layer), reason: layer.reason },
    ...placed,
    probabilities: scores,
    scores,
    predicted: 0,
    maps: [
      {
        class: wanted,
        evidence: found.evidence,
        diagnosis: diagnose(found.evidence, { score: found.score, against: request.against ?? false }),
        completeness: undefined,
      },
    ],
    boxes: boxes.map((box) => ({ label: box.label, place: boxOnPicture(box, image.box, input, placed.size) })),
    notes: [...image.notes, layersInWords(found.layers.map(({ name }) => name))],
    sharesScore: false,
    milliseconds,
  };
}

function layersInWords(names: readonly string[]): string {
  return `the map is of ${names.length > 1 ? `the layers ${names.join(" and ")}, together` : `the layer ${names[0]}`}`;
}
