/** @file What the page can show before its runtime is there: answers that were computed when it was built. */

import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import type { ExplainRequest, ExplanationView, LayerMapsView, ModelView } from "../../engine/api.js";
import type { OpenPicture } from "../../shared/open-picture.js";
import { pictureUrl, samples } from "../../shared/samples.js";

export interface StoredAnswers {
  readonly model: ModelView;
  readonly pictures: readonly OpenPicture[];
  /** Of the first picture, for each class. */
  readonly explanations: readonly ExplanationView[];
  readonly layerMaps: LayerMapsView;
}

/** As it lies beside the page, where arrays of floats are lists. */
export interface StoredFile extends Pick<StoredAnswers, "model"> {
  readonly explanations: readonly ExplanationView[];
  readonly layerMaps: LayerMapsView;
}

/** The sample whose answers are stored. */
export const storedSample = "shapes";

/** Where they lie, from the page's own folder. */
export const storedUrl = `samples/${storedSample}/first.json`;

/** Numbers of the sample's pictures, from 1 on in their order. */
export function storedPictures(): OpenPicture[] {
  const { pictures } = samples[storedSample];
  const { names, side } = pictures;
  return names.map((name, i) => {
    const url = new URL(pictureUrl(pictures, name), location.href).href;
    return { id: i + 1, name, url, width: side, height: side, drawn: true };
  });
}

/** Undefined where they did not arrive: the worker will answer. */
export async function fetchStored(): Promise<StoredAnswers | undefined> {
  const response = await fetch(storedUrl).catch(() => undefined);
  if (!response?.ok) return undefined;
  const { model, explanations, layerMaps } = (await response.json()) as StoredFile;
  return {
    model,
    pictures: storedPictures(),
    explanations: explanations.map(({ probabilities, scores, maps, ...rest }) => ({
      ...rest,
      probabilities: Float32Array.from(probabilities),
      scores: Float32Array.from(scores),
      maps: maps.map((map) => ({ ...map, evidence: asMap(map.evidence) })),
    })),
    layerMaps: {
      ...layerMaps,
      maps: layerMaps.maps.map(({ layer, evidence }) => ({ layer, evidence: asMap(evidence) })),
    },
  };
}

function asMap({ width, height, values }: FloatMap): FloatMap {
  return { width, height, values: Float32Array.from(values) };
}

/** Whether an answer to one request is the answer to another. */
export function isSameRequest(one: ExplainRequest, other: ExplainRequest): boolean {
  const key = ({ strokes = [], ...asked }: ExplainRequest) => {
    const { picture, method, layer, classes, minus, similarTo, against, baseline, background } = asked;
    const rest = [minus, similarTo, against || undefined, baseline, background];
    return JSON.stringify([picture, method, layer, classes, ...rest, strokes]);
  };
  return key(one) === key(other);
}
