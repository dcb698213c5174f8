/** @file `fovea explain --method all`: one contact sheet, methods by classes, with what each method costs. */

import { compareMethods } from "../../explain/compare-methods.js";
import type { CamMethod } from "../../explain/method.js";
import { methods } from "../../explain/methods/index.js";
import type { ClassChoice, ExplainerOptions } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { contactSheetSvg, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { diagnosed } from "../diagnosis.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { exitCodes, note, print, printJson } from "../terminal/console.js";
import type { FoundInput } from "./find-inputs.js";
import { readInput } from "./read-input.js";
import type { ResultFormat } from "./targets.js";
import { mapOnPicture, type ResultOptions } from "./write-results.js";

/** Where the colour scale of maps of single pixels ends, if nobody says: their few peaks would outshine all else. */
const finePercentile = 99;

export interface MethodSheet {
  readonly inputs: readonly FoundInput[];
  readonly path: (input: FoundInput) => string;
  readonly format: ResultFormat;
  readonly classes: readonly ClassChoice[];
  readonly drawing: ResultOptions;
  /** What all explainers share. */
  readonly explaining: Omit<ExplainerOptions, "runtime" | "method">;
  readonly json: boolean;
}

/** Draws the maps of every method that works for the model; says why the others do not. */
export async function sheetOfMethods(named: NamedModel, sheet: MethodSheet): Promise<number> {
  const [input, ...others] = sheet.inputs;
  if (input === undefined || others.length > 0)
    throw new FoveaError("bad-input", `--method all: expected one image, got ${sheet.inputs.length}`);
  if (input.error) throw input.error;
  const image = await readInput(named.model, input.path);
  const [picture, ...more] = image.pictures;
  if (picture === undefined || more.length > 0)
    throw new FoveaError(
      "bad-input",
      `--method all: expected one image, got ${image.pictures.length} in ${input.path}`,
    );
  const cells: SheetCell[] = [];
  const results: MethodResult[] = [];
  const { classes, explaining } = sheet;
  const compared = compareMethods(named.model.explainer, image.input, { classes, explaining });
  for await (const { method, explainer, explanation, milliseconds, error } of compared) {
    if (error) {
      results.push({ method: method.name, refused: error.message });
      note(`${method.name} left out: ${error.message}`);
      continue;
    }
    const ms = milliseconds.toFixed(0);
    results.push({ method: method.name, ms });
    const readable = await diagnosed(explainer, image, explanation, { fully: false });
    const drawing = drawingOf(method, sheet.drawing);
    for (const [k, { label }] of explanation.at(0).classes.entries()) {
      cells.push({
        picture,
        caption: method.title,
        detail: `${label}, ${ms} ms`,
        ...mapOnPicture(image, readable, 0, k, drawing),
        signed: sheet.drawing.signed ?? false,
      });
    }
  }
  if (cells.length === 0) throw new FoveaError("bad-graph", `${named.path}: no method works for this model`);
  const path = sheet.path(input);
  await writeFileAtomically(path, await drawn(named, cells, sheet, picture));
  if (sheet.json) {
    printJson({ input: input.path, methods: results, written: path });
  } else {
    for (const { method, ms, refused } of results)
      if (!refused) print(`  ${method.padEnd(22)} ${String(ms).padStart(8)} ms`);
    print(`  wrote ${path}`);
  }
  return exitCodes.done;
}

interface MethodResult {
  readonly method: string;
  readonly ms?: string;
  readonly refused?: string;
}

/** Maps of single pixels get a colour scale of their own, if the user does not choose one. */
function drawingOf({ at, fine = at === "image" }: CamMethod, drawing: ResultOptions): ResultOptions {
  return fine ? { ...drawing, percentile: drawing.percentile ?? finePercentile } : drawing;
}

async function drawn(named: NamedModel, cells: readonly SheetCell[], sheet: MethodSheet, { width, height }: Picture) {
  const perMethod = Math.max(1, sheet.classes.length);
  const columns = perMethod * Math.max(1, Math.floor(6 / perMethod));
  const svg = await contactSheetSvg(
    {
      cells,
      title: `${cells.length / perMethod} methods: ${modelLine(named)}`,
      subtitle: `A picture of ${width}x${height}; milliseconds for all classes shown. Methods of passes: ${passLimits(sheet.explaining).join(", ")}.`,
    },
    { columns, panelSize: 160, ...(sheet.drawing.colormap ? { colormap: sheet.drawing.colormap } : {}) },
  );
  return sheet.format === "svg" ? svg : rasterize(svg, sheet.format);
}

/** What methods of many passes are limited to. */
function passLimits({ topChannels, samples }: MethodSheet["explaining"]): string[] {
  const channels = topChannels ?? methods.find(({ quick }) => quick?.topChannels)?.quick?.topChannels;
  const masks = methods.flatMap(({ title, quick }) =>
    quick?.samples === undefined ? [] : [`${title} ${samples ?? quick.samples} masks`],
  );
  return [`the ${channels} most active channels`, ...masks];
}
