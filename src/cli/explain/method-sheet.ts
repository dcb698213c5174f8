/** @file `fovea explain --method all`: one contact sheet, methods by classes, with each method's cost. */

import { type ComparedMethod, compareMethods } from "../../explain/compare-methods.js";
import { sameForAllClasses } from "../../explain/method.js";
import { methodNamed, methods } from "../../explain/methods/index.js";
import type { ClassChoice, ExplainerOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { contactSheetSvg, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { type ImageInput, readInput } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { diagnosed } from "./diagnosis.js";
import type { Plan } from "./plan.js";
import { mapOnPicture, writeResult } from "./write-results.js";

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
  const rows: Row[] = [];
  const cells: SheetCell[] = [];
  await job.stage("drawing", async (onProgress) => {
    const { classes, explaining } = sheet;
    const options = { classes, explaining, progress: onProgress, signal: job.signal };
    for await (const compared of compareMethods(named.model.explainer, image.input, options)) {
      const { name } = compared.method;
      if (compared.error) {
        rows.push({ method: name, refused: compared.error.message });
        note(`${name} left out: ${compared.error.message}`);
      } else {
        rows.push({ method: name, ms: compared.milliseconds.toFixed(0) });
        cells.push(...(await cellsOf({ image, picture }, compared, sheet)));
      }
    }
  });
  if (cells.length === 0) throw new FoveaError("bad-graph", `${named.path}: no method works for this model`);
  const path = sheet.outputs.path(source, "figure");
  await writeResult(path, await draw(named, cells, sheet, picture), sheet.outputs);
  if (job.format === "json") {
    printJson({ input: source.path, methods: rows, written: path });
  } else {
    for (const row of rows) {
      const blind = methodNamed(row.method).classBlind ? `  ${sameForAllClasses}` : "";
      if ("ms" in row) print(`  ${row.method.padEnd(22)} ${row.ms.padStart(8)} ms${blind}`);
    }
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
  const image = await readInput(model, source.path, source.bytes);
  const [picture, ...more] = image.pictures;
  if (picture === undefined || more.length > 0)
    throw new FoveaError(
      "bad-input",
      `--method all: expected one image, got ${image.pictures.length} in ${source.path}`,
    );
  return { source, image, picture };
}

/** A method with its cost in milliseconds, or why there is no map. */
type Row = { readonly method: string; readonly ms: string } | { readonly method: string; readonly refused: string };

/** The cells of one method, one for each class. */
async function cellsOf(
  { image, picture }: { readonly image: ImageInput; readonly picture: Picture },
  { method, explainer, explanation, milliseconds }: Extract<ComparedMethod, { readonly milliseconds: number }>,
  { drawing }: MethodSheet,
): Promise<SheetCell[]> {
  const result = await diagnosed(explainer, image, explanation, { fully: false, signed: drawing.signed });
  const { at, fine = at === "image", classBlind } = method;
  const options = fine ? { ...drawing, percentile: drawing.percentile ?? finePercentile } : drawing;
  return explanation.at(0).classes.map(({ label }, k) => ({
    picture,
    caption: method.title,
    detail: `${classBlind ? "all classes" : label}, ${milliseconds.toFixed(0)} ms`,
    ...mapOnPicture(image, result, 0, k, options),
    signed: drawing.signed ?? false,
  }));
}

async function draw(named: NamedModel, cells: readonly SheetCell[], sheet: MethodSheet, { width, height }: Picture) {
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
  return sheet.outputs.format === "svg" ? svg : rasterize(svg, sheet.outputs.format);
}

/** The limits of methods of many passes, in words. */
function passLimits({ topChannels, samples }: MethodSheet["explaining"]): string[] {
  const channels = topChannels ?? methods.find(({ quick }) => quick?.topChannels)?.quick?.topChannels;
  const masks = methods.flatMap(({ title, quick }) =>
    quick?.samples === undefined ? [] : [`${title} ${samples ?? quick.samples} masks`],
  );
  return [`the ${channels} most active channels`, ...masks];
}
