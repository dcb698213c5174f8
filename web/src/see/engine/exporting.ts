/** @file The current explanation as files: a figure, numbers, an array, and the model that explains itself. */

import { compileExplanation } from "../../../../src/explain/compile.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../../src/explain/methods/index.js";
import { at } from "../../../../src/foundation/present.js";
import { visibleJson } from "../../../../src/foundation/visible.js";
import { figureRow, placeOnPicture } from "../../../../src/image/figure/explanation-row.js";
import { type ExplanationRow, explanationFigure } from "../../../../src/image/figure/figure.js";
import { type FloatMap, mapPeak } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { className } from "../../../../src/model/class-names.js";
import { areOwnScores } from "../../../../src/model/targets/target.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { writeModel } from "../../../../src/onnx/write.js";
import type { ExplanationView, ExportKind, ExportRequest, MapView } from "../../engine/api.js";

export interface ExportContext {
  readonly model: LoadedModel;
  /** The model's name in files. */
  readonly name: string;
  /** The picture's name in files. */
  readonly image: string;
  readonly picture: Picture;
}

const types: Readonly<Record<ExportKind, string>> = {
  svg: "image/svg+xml",
  json: "application/json",
  npy: "application/octet-stream",
  onnx: "application/octet-stream",
};

/** @throws FoveaError for a model of a method that is not a single graph */
export async function exportExplanation(
  kind: ExportKind,
  request: ExportRequest,
  context: ExportContext,
): Promise<Blob> {
  const write = { svg: drawFigure, json: writeJson, npy: writeArray, onnx: writeCompiled }[kind];
  return new Blob([(await write(request, context)) as BlobPart], { type: types[kind] });
}

/** As `fovea explain` draws it. */
async function drawFigure(
  { explanation, colormap, signed }: ExportRequest,
  { model, picture }: ExportContext,
): Promise<string> {
  const rows = explanation.maps.map((map) => rowOf(map, explanation, signed, { model, picture }));
  return explanationFigure({ picture, rows }, await model.platform.figures(), signed ? {} : { colormap });
}

function rowOf(
  map: MapView,
  explanation: ExplanationView,
  signed: boolean,
  { model, picture }: Pick<ExportContext, "model" | "picture">,
): ExplanationRow {
  const { request, layer, probabilities, scores, predicted, box } = explanation;
  const minus = request.minus === undefined ? "" : ` minus ${className(model, request.minus)}`;
  const values = shownMap(map, signed);
  return figureRow({
    label: `${className(model, map.class)}${minus}`,
    predicted: map.class === predicted && minus === "" && !areOwnScores(model),
    against: request.against ?? false,
    score: at(scores, map.class),
    probability: areOwnScores(model) ? undefined : at(probabilities, map.class),
    method: methodNamed(request.method).title,
    layer: { name: layer.name, size: `${layer.channels}×${layer.height}×${layer.width}` },
    map: placeOnPicture(values, box, picture),
    peak: mapPeak(values, { signed }),
    signed,
    note: map.diagnosis.text,
  });
}

/** The map after the ReLU, or the evidence where it is signed. */
function shownMap({ evidence }: MapView, signed: boolean): FloatMap {
  return signed ? evidence : { ...evidence, values: evidence.values.map((value) => Math.max(0, value)) };
}

/** The explanation as JSON, the maps before they are resized. */
function writeJson({ explanation, signed }: ExportRequest, { model, name, image, picture }: ExportContext): string {
  const { request, layer, box, probabilities, scores, predicted, maps, notes } = explanation;
  const { name: at, op, channels, height, width, reason } = layer;
  return visibleJson({
    model: name,
    image: { name: image, width: picture.width, height: picture.height },
    method: request.method,
    layer: { name: at, operator: op, channels, height, width, reason },
    ...(request.against ? { against: true } : {}),
    ...(request.baseline ? { baseline: request.baseline } : {}),
    ...(request.minus === undefined ? {} : { minus: { class: request.minus, label: className(model, request.minus) } }),
    predicted,
    scores: Array.from(scores, (score, index) => ({
      class: index,
      label: className(model, index),
      score,
      probability: probabilities[index],
    })),
    box,
    maps: maps.map((map) => ({
      class: map.class,
      label: className(model, map.class),
      diagnosis: { condition: map.diagnosis.condition, text: map.diagnosis.text },
      ...map.completeness,
      signed,
      height: map.evidence.height,
      width: map.evidence.width,
      values: [...shownMap(map, signed).values],
    })),
    notes,
  });
}

/** The maps as float32 [1, classes, height, width], as `fovea explain` writes them. */
async function writeArray({ explanation: { maps }, signed }: ExportRequest): Promise<Uint8Array> {
  const { writeNpy } = await import("../../../../src/data/npy.js");
  const all = maps.map((map) => shownMap(map, signed));
  const { width = 0, height = 0 } = all[0] ?? {};
  const values = new Float32Array(all.length * width * height);
  for (const [k, map] of all.entries()) values.set(map.values, k * width * height);
  return writeNpy(float32([1, all.length, height, width], values));
}

/** Of the whole network, for photos as they are: the explained layer and method, the class that is predicted. */
function writeCompiled({ explanation: { request, layer } }: ExportRequest, { model }: ExportContext): Uint8Array {
  return writeModel(compileExplanation(model, { method: request.method, layer: layer.name, image: true }));
}
