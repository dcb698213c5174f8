/** @file `fovea explain --method all`: one contact sheet, methods by classes, with what each method costs. */

import type { Explanation } from "../../explain/explanation.js";
import { type CamMethod, isPassMethod } from "../../explain/method.js";
import { methods } from "../../explain/methods/index.js";
import type { ClassChoice, Explainer, ExplainerOptions } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { FoveaError } from "../../foundation/error.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { contactSheetSvg, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { className } from "../../model/class-names.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { type ImageInput, readInput } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { diagnosed } from "./diagnosis.js";
import type { Plan } from "./plan.js";
import { mapOnPicture } from "./write-results.js";

/** Limits of methods of many passes on a sheet, unless the user says others. */
const limits = { topChannels: 32, samples: 500 };
/** A first run up to this long, in milliseconds, is repeated, so that opening sessions is not billed. */
const repeatable = 2000;
/** Where the colour scale of maps of single pixels ends, unless the user says: their few peaks would outshine all else. */
const finePercentile = 99;

export interface MethodSheet extends Plan {
  readonly classes: readonly ClassChoice[];
  /** Options that all explainers share. */
  readonly explaining: Omit<ExplainerOptions, "runtime" | "method">;
}

/** Draws the maps of every method that works for the model; says why the others do not. @returns the exit code */
export async function sheetOfMethods(job: Job, named: NamedModel, sheet: MethodSheet): Promise<number> {
  const { source, image, picture } = await onlyImage(named, sheet);
  const results: Attempt[] = [];
  const cells: SheetCell[] = [];
  await job.stage("drawing", async (onProgress) => {
    for (const [i, method] of methods.entries()) {
      const result = await attempt(named, method, image, sheet);
      results.push(result);
      if (result.explanation) cells.push(...(await cellsOf(named, { image, picture }, result, sheet)));
      else note(`${method.name} left out: ${result.refused}`);
      onProgress(i + 1, methods.length);
    }
  });
  if (cells.length === 0) throw new FoveaError("bad-graph", `${named.path}: no method works for this model`);
  const path = sheet.outputs.path(source, "figure");
  await writeFileAtomically(path, await draw(named, cells, sheet, picture));
  if (job.format === "json") {
    const costs = results.map(({ name, ms, refused }) => ({ method: name, ...(refused ? { refused } : { ms }) }));
    printJson({ input: source.path, methods: costs, written: path });
  } else {
    for (const { name, ms, refused } of results)
      if (!refused) print(`  ${name.padEnd(22)} ${String(ms).padStart(8)} ms`);
    print(`  wrote ${path}`);
  }
  return job.end();
}

/** @throws FoveaError `bad-input` for several images */
async function onlyImage({ model }: NamedModel, { inputs }: Plan) {
  const [source, ...others] = inputs;
  if (source === undefined || others.length > 0)
    throw new FoveaError("bad-input", `--method all: expected one image, got ${inputs.length}`);
  if (source.error) throw source.error;
  const image = await readInput(model, source.path);
  const [picture, ...more] = image.pictures;
  if (picture === undefined || more.length > 0)
    throw new FoveaError(
      "bad-input",
      `--method all: expected one image, got ${image.pictures.length} in ${source.path}`,
    );
  return { source, image, picture };
}

/** A method's explanation and its time in milliseconds, or why there is none. */
type Attempt = { readonly name: string } & (
  | {
      readonly method: CamMethod;
      readonly explainer: Explainer;
      readonly explanation: Explanation;
      readonly ms: string;
      readonly refused?: undefined;
    }
  | { readonly refused: string; readonly explanation?: undefined; readonly ms?: undefined }
);

/** The cells of one method, one for each class. */
async function cellsOf(
  { model }: NamedModel,
  { image, picture }: { readonly image: ImageInput; readonly picture: Picture },
  { method, explainer, explanation, ms }: Extract<Attempt, { readonly ms: string }>,
  { drawing }: MethodSheet,
): Promise<SheetCell[]> {
  const result = await diagnosed(explainer, image, explanation, { fully: false });
  const fine = method.at === "image" || method.name === "guided-grad-cam";
  const options = fine ? { ...drawing, percentile: drawing.percentile ?? finePercentile } : drawing;
  const [classes = []] = result.classes;
  return classes.map((index, k) => ({
    picture,
    caption: method.title,
    detail: `${className(model, index)}, ${ms} ms`,
    ...mapOnPicture(image, result, 0, k, options),
    signed: drawing.signed ?? false,
  }));
}

async function attempt(
  { model }: NamedModel,
  method: CamMethod,
  { input }: ImageInput,
  sheet: MethodSheet,
): Promise<Attempt> {
  try {
    const explainer = await model.explainer({ ...optionsFor(method, sheet.explaining), method });
    try {
      const { explanation, ms } = await timed(() => explainer.explain(input, { classes: sheet.classes }));
      return { name: method.name, method, explainer, explanation, ms: ms.toFixed(0) };
    } finally {
      await explainer.close();
    }
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    return { name: method.name, refused: error.message };
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

async function draw(named: NamedModel, cells: readonly SheetCell[], sheet: MethodSheet, { width, height }: Picture) {
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
  return sheet.outputs.format === "svg" ? svg : rasterize(svg, sheet.outputs.format);
}
