/** @file The current explanation as files: a figure, numbers, an array, and the model that explains itself. */

import { compileExplanation } from "../../../../src/explain/compile.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { methodNamed } from "../../../../src/explain/methods/index.js";
import { shareInWords } from "../../../../src/foundation/measures.js";
import { at } from "../../../../src/foundation/present.js";
import { visibleJson } from "../../../../src/foundation/visible.js";
import { figureRow, placeOnPicture } from "../../../../src/image/figure/explanation-row.js";
import { type ExplanationRow, explanationFigure } from "../../../../src/image/figure/figure.js";
import type { Contours } from "../../../../src/image/figure/outlines.js";
import { sharePicture } from "../../../../src/image/figure/share-picture.js";
import { unbroken } from "../../../../src/image/figure/text.js";
import { withoutWeak } from "../../../../src/image/map/emphasis.js";
import { type FloatMap, mapPeak } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { className } from "../../../../src/model/class-names.js";
import { areOwnScores } from "../../../../src/model/targets/target.js";
import { float32 } from "../../../../src/onnx/tensor.js";
import { writeModel } from "../../../../src/onnx/write.js";
import type { ExplanationView, MapView } from "../../engine/api.js";
import { type Heat, heatOver } from "../../shared/map/heat.js";
import type { ExportKind, ExportRequest } from "./export-api.js";

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
  share: "image/svg+xml",
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
  const write = { svg: drawFigure, share: drawShared, json: writeJson, npy: writeArray, onnx: writeCompiled }[kind];
  return new Blob([(await write(request, context)) as BlobPart], { type: types[kind] });
}

/** As `fovea explain` draws it, with what the page shows. */
async function drawFigure(request: ExportRequest, context: ExportContext): Promise<string> {
  const { explanation, colormap, signed, shown = {} } = request;
  const { model, picture } = context;
  const rows = await Promise.all(explanation.maps.map((map) => rowOf(map, request, context)));
  const { opacity } = shown;
  return explanationFigure({ picture, rows, seen: explanation.box }, await model.platform.figures(), {
    ...(signed ? {} : { colormap }),
    ...(opacity === undefined ? {} : { opacity }),
  });
}

async function rowOf(map: MapView, request: ExportRequest, { model, picture }: ExportContext): Promise<ExplanationRow> {
  const { explanation, signed, shown } = request;
  const { layer, probabilities, scores, predicted } = explanation;
  const placed = placedMap(map, request, picture);
  const row = figureRow({
    label: labelOf(map, explanation, model),
    predicted: map.class === predicted && explanation.request.minus === undefined && !areOwnScores(model),
    against: explanation.request.against ?? false,
    score: at(scores, map.class),
    probability: areOwnScores(model) ? undefined : at(probabilities, map.class),
    method: methodNamed(explanation.request.method).title,
    layer: { name: layer.name, size: `${layer.channels}×${layer.height}×${layer.width}` },
    map: placed.map,
    peak: placed.peak,
    signed,
    note: map.diagnosis.text,
  });
  const { top = 100 } = shown ?? {};
  return {
    ...row,
    ...(top < 100 ? { detail: `${row.detail}, hottest ${top} %` } : {}),
    ...(shown?.contours ? { contours: await contoursOf(placed.heat) } : {}),
  };
}

function labelOf(map: MapView, { request: { minus } }: ExplanationView, model: LoadedModel): string {
  return `${className(model, map.class)}${minus === undefined ? "" : ` minus ${className(model, minus)}`}`;
}

/** The map over the whole picture without what the page does not show, and where its colours end. */
function placedMap(map: MapView, { explanation, signed, shown = {} }: ExportRequest, picture: Picture) {
  const values = shownMap(map, signed);
  const { peak = mapPeak(values, { signed }), top = 100 } = shown;
  const heat = heatOver(values, picture, explanation.box, { signed, peak, top });
  if (top >= 100 || peak === 0) return { map: placeOnPicture(values, explanation.box, picture), peak, heat };
  const raw = { ...heat.map, values: heat.map.values.map((value) => value * peak) };
  return { map: withoutWeak(raw, peak, { threshold: heat.from }), peak, heat };
}

async function contoursOf(heat: Heat): Promise<Contours> {
  const { contourLines } = await import("../../shared/map/contours.js");
  const { width, height } = heat.map;
  return { width, height, paths: contourLines(heat).map(({ path }) => path) };
}

/** The first map with its class in a sentence, for others to see. */
async function drawShared(request: ExportRequest, { model, name, picture }: ExportContext): Promise<string> {
  const { explanation, colormap, signed } = request;
  const map = at(explanation.maps, 0);
  const placed = placedMap(map, request, picture);
  const share = areOwnScores(model) ? "" : `, ${unbroken(shareInWords(at(explanation.probabilities, map.class)))}`;
  return sharePicture(
    {
      ...{ picture, signed, map: placed.map, peak: placed.peak },
      ...(signed ? {} : { colormap }),
      sentence: `${labelOf(map, explanation, model)}${share}`,
      detail: `${methodNamed(explanation.request.method).title} of ${name}`,
    },
    await model.platform.figures(),
  );
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
    ...(request.background ? { baseline: { pictures: request.background.length } } : {}),
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
