/** @file Computes what the page shows before its runtime is there, with the page's own engine on Node. */

import { readFile } from "node:fs/promises";
import { defaultMethod } from "../../src/explain/method.js";
import { loadModel } from "../../src/explain/node.js";
import { decodeImage } from "../../src/image/node.js";
import type { ExplainRequest } from "../src/engine/api.js";
import { describeModel } from "../src/engine/models.js";
import { Explainers, explainPicture } from "../src/see/engine/explaining.js";
import { LayerEvidence } from "../src/see/engine/layer-evidence.js";
import { samples } from "../src/shared/samples.js";
import { type StoredFile, storedSample } from "../src/shell/open/stored.js";

/** Significant digits: the worker's own answer, which comes soon, differs by less than is to be seen. */
const digits = 5;

/** The stored file as text. @param picture the sample's first, as PNG */
export async function storeAnswers(modelPath: string, picture: Uint8Array): Promise<string> {
  const model = await loadModel(modelPath);
  const { size } = await readFile(modelPath).then(({ length }) => ({ size: length }));
  const view = describeModel(model, {
    id: 0,
    name: samples[storedSample].model,
    bytes: size,
    texts: undefined,
    provider: "wasm",
  });
  const explainers = new Explainers(model);
  const layers = new LayerEvidence(model);
  const pixels = await decodeImage(picture);
  const signal = new AbortController().signal;
  const classes: ExplainRequest["classes"][number][] = ["predicted", ...(view.classes ?? []).keys()];
  const explanations: StoredFile["explanations"][number][] = [];
  for (const choice of classes) {
    const request = {
      picture: 1,
      method: defaultMethod,
      layer: "auto",
      classes: [choice],
      against: false,
      strokes: [],
    };
    explanations.push(await explainPicture(pixels, request, { model, explainers, signal }));
  }
  const predicted = explanations[0]?.predicted ?? 0;
  const layerMaps = await layers.maps(pixels, predicted, defaultMethod);
  await layers.close();
  await explainers.close();
  return JSON.stringify({ model: view, explanations, layerMaps } satisfies StoredFile, asLists);
}

/** Arrays of floats as lists of numbers that are short. */
function asLists(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? Array.from(value, (each) => Number(each.toPrecision(digits))) : value;
}
