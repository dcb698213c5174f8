/** @file Describes a model in words. */

import { count } from "../../foundation/words.js";
import type { Preprocessing } from "../../image/input/preprocessing.js";
import { factInWords } from "../../model/card.js";
import { describeLayout, layerSize } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { trialWords } from "../../model/preprocessing/trial-words.js";
import type { ChosenPreprocessing } from "../../model/preprocessing.js";
import { taskInWords } from "../../model/tasks/task-words.js";
import { printType } from "../../onnx/print.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { table } from "../terminal/table.js";
import type { Inspection } from "./inspect-model.js";

export function inspectionLines(named: NamedModel, inspection: Inspection): string[] {
  const { model } = named;
  const provenance = Object.entries(model.card.provenance ?? {});
  return [
    modelLine(named),
    ...provenance.map(([key, value]) => `  ${key}: ${inOneLine(value)}`),
    ...networkLines(model, inspection),
    "",
    ...layerLines(inspection),
  ];
}

function networkLines(model: Model, { notes, parameters, preprocessing }: Inspection): string[] {
  const { graph, input, scores, ending, card, precision } = model;
  const single = model.oneByOne ? " (the file takes one image at a time)" : "";
  const two = model.oneScore ? "; class 1, and negated class 0" : "";
  const pictures = preprocessing
    ? describePreprocessing(preprocessing, trialWords(model))
    : "none: no images of 1, 3 or 4 channels; give arrays";
  return [
    `input         ${input.name} : ${printType(input.type, input.dims)}${single}`,
    ...graph.outputs.map(({ name, type, dims }) => `output        ${name} : ${printType(type, dims)}`),
    ...taskLine(model),
    `scores        ${scores}${ending === "none" ? "" : ` (before the final ${ending}${two})`}`,
    `parameters    ${count(parameters)}`,
    ...(precision === "float32" ? [] : [`precision     ${precision}; explained in float32`]),
    `preprocessing ${pictures}`,
    ...(card.classes ? [`classes       ${describeClasses(card.classes, model.classesOrigin)}`] : []),
    ...notes.map((note) => `note          ${note}`),
  ];
}

function taskLine({ task }: Model): string[] {
  return task.name === "classification" ? [] : [`task          ${task.name}: ${taskInWords(task)}`];
}

function layerLines({ layers, automatic }: Inspection): string[] {
  const rows = layers.map((layer) => [
    layer.name === automatic?.name ? "*" : "",
    layer.name,
    layer.op,
    layerSize(layer),
    layer.distance,
    describeLayout(layer.layout),
  ]);
  return [
    "layers that can be explained (* is taken by --layer auto)",
    ...table(["", "name", "operator", "shape", "nodes to scores", ""], rows),
    ...(automatic ? [`* ${automatic.reason}`] : []),
  ];
}

/** Lists are long; `--json` prints them. */
function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value !== "object" || value === null) return factInWords(value);
  if ("sentence" in value) return factInWords(value.sentence);
  return Object.entries(value)
    .map(([key, part]) => `${key} ${factInWords(part)}`)
    .join(", ");
}

function describeClasses(classes: readonly string[], origin: string | undefined): string {
  const listed = classes.length > 20 ? [...classes.slice(0, 10), `... ${classes.length} in all`] : classes;
  return `${listed.join(", ")}${origin === "stored with the model" ? "" : ` (${origin})`}`;
}

function describePreprocessing({ preprocessing, origin }: ChosenPreprocessing, found: string | undefined): string {
  const { width, height, channels, order = "rgb", fit = "stretch", layout = "nchw", resize } = preprocessing;
  const colours = channels === 1 ? "grey" : order.toUpperCase();
  const parts = [
    `${width}x${height}`,
    colours,
    ...(fit === "stretch" ? [] : [fit]),
    ...(resize ? [`resized to ${resize.width}x${resize.height} first`] : []),
    ...(layout === "nchw" ? [] : [layout]),
  ];
  return `${parts.join(", ")} (${origin}); ${describeValues(preprocessing)}${found ? `; ${found}` : ""}`;
}

/** `values 0..1, less 0.5, over 0.5`: a number for each channel, or one for all. */
function describeValues({ scale, mean, std }: Preprocessing): string {
  const perChannel = (values: readonly number[]) => [...new Set(values.map((value) => Number(value.toPrecision(4))))];
  const [means, deviations] = [perChannel(mean), perChannel(std)];
  return [
    `values 0..${Number((255 * scale).toPrecision(4))}`,
    ...(means.some((value) => value !== 0) ? [`less ${means.join(" ")}`] : []),
    ...(deviations.some((value) => value !== 1) ? [`over ${deviations.join(" ")}`] : []),
  ].join(", ");
}
