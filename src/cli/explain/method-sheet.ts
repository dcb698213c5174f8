/** @file `fovea explain --method all`: one contact sheet, methods by classes, with what each method costs. */

import type { Explanation } from "../../explain/explanation.js";
import { type CamMethod, isPassMethod } from "../../explain/method.js";
import { methods } from "../../explain/methods/index.js";
import type { ClassChoice, ExplainerOptions } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { contactSheetSvg, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { className } from "../../model/class-names.js";
import { diagnosed } from "../diagnosis.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { exitCodes, note, print, printJson } from "../terminal/console.js";
import type { FoundInput } from "./find-inputs.js";
import { type ImageInput, readInput } from "./read-input.js";
import type { ResultFormat } from "./targets.js";
import { mapOnPicture, type ResultOptions } from "./write-results.js";

/** What methods of many passes are limited to on a sheet, if nobody says. */
const limits = { topChannels: 32, samples: 500 };
/** A first run up to this long, in milliseconds, is repeated, so that opening sessions is not billed. */
const repeatable = 2000;
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
  const results = [];
  for (const method of methods) {
    const result = await attempt(named, method, image, sheet);
    results.push(result);
    if (!result.explanation) {
      note(`${method.name} left out: ${result.refused}`);
      continue;
    }
    const explanation = await diagnosed(result.explainer, image, result.explanation, { fully: false });
    const classes = explanation.classes[0] as readonly number[];
    const fine = method.at === "image" || method.name === "guided-grad-cam";
    const drawing = fine ? { ...sheet.drawing, percentile: sheet.drawing.percentile ?? finePercentile } : sheet.drawing;
    for (const [k, index] of classes.entries()) {
      cells.push({
        picture,
        caption: method.title,
        detail: `${className(named.model, index)}, ${result.ms} ms`,
        ...mapOnPicture(image, explanation, 0, k, drawing),
        signed: sheet.drawing.signed ?? false,
      });
    }
  }
  if (cells.length === 0) throw new FoveaError("bad-graph", `${named.path}: no method works for this model`);
  const path = sheet.path(input);
  await writeFileAtomically(path, await drawn(named, cells, sheet, picture));
  if (sheet.json) {
    const costs = results.map(({ method, ms, refused }) => ({ method, ...(refused ? { refused } : { ms }) }));
    printJson({ input: input.path, methods: costs, written: path });
  } else {
    for (const { method, ms, refused } of results)
      if (!refused) print(`  ${method.padEnd(22)} ${String(ms).padStart(8)} ms`);
    print(`  wrote ${path}`);
  }
  return exitCodes.done;
}

async function attempt({ model }: NamedModel, method: CamMethod, { input }: ImageInput, sheet: MethodSheet) {
  try {
    const explainer = await model.explainer({ ...optionsFor(method, sheet.explaining), method });
    try {
      const { explanation, ms } = await timed(() => explainer.explain(input, { classes: sheet.classes }));
      return { method: method.name, explainer, explanation, ms: ms.toFixed(0) };
    } finally {
      await explainer.close();
    }
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { method: method.name, refused: error.message };
  }
}

/** Those of the user; what a method does not take is left out. */
function optionsFor(method: CamMethod, { layer, topChannels, samples, ...options }: MethodSheet["explaining"]) {
  const passes = isPassMethod(method);
  const ofImage = method.at === "image";
  return {
    ...options,
    ...(layer === undefined || ofImage ? {} : { layer }),
    ...(passes && !ofImage ? { topChannels: topChannels ?? limits.topChannels } : {}),
    samples: samples ?? (method.name === "rise" ? limits.samples : undefined),
  };
}

async function timed(explain: () => Promise<Explanation>): Promise<{ explanation: Explanation; ms: number }> {
  const run = async () => {
    const began = performance.now();
    const explanation = await explain();
    return { explanation, ms: performance.now() - began };
  };
  const first = await run();
  return first.ms > repeatable ? first : run();
}

async function drawn(named: NamedModel, cells: readonly SheetCell[], sheet: MethodSheet, { width, height }: Picture) {
  const perMethod = Math.max(1, sheet.classes.length);
  const columns = perMethod * Math.max(1, Math.floor(6 / perMethod));
  const { topChannels = limits.topChannels, samples = limits.samples } = sheet.explaining;
  const svg = await contactSheetSvg(
    {
      cells,
      title: `${cells.length / perMethod} methods: ${modelLine(named)}`,
      subtitle: `A picture of ${width}x${height}; milliseconds for all classes shown. Methods of passes: the ${topChannels} most active channels, RISE ${samples} masks.`,
    },
    { columns, panelSize: 160, ...(sheet.drawing.colormap ? { colormap: sheet.drawing.colormap } : {}) },
  );
  return sheet.format === "svg" ? svg : rasterize(svg, sheet.format);
}
