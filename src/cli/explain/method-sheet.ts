/** @file `fovea explain --method all`: one contact sheet, methods by classes, with each method's cost. */

import { type ComparedMethod, compareMethods } from "../../explain/compare-methods.js";
import { type CamMethod, sameForAllClasses } from "../../explain/method.js";
import { byFamily, type FamilyOfMethods } from "../../explain/methods/families.js";
import { methods } from "../../explain/methods/index.js";
import type { ClassChoice, ExplainerOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { elapsed } from "../../foundation/measures.js";
import { counted } from "../../foundation/words.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { unbroken } from "../../image/figure/text.js";
import { contactSheetSvg } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { type ImageInput, readInput } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { note, print, printJson } from "../terminal/print.js";
import { diagnosed } from "./diagnosis.js";
import type { Plan } from "./plan.js";
import { fileOfFigure, writeResult } from "./result/result.js";
import { mapOnPicture } from "./write-results.js";

/** Where the colour scale of maps of single pixels ends, unless the user says: their few peaks would outshine all else. */
const finePercentile = 99;

export interface MethodSheet extends Plan {
  readonly classes: readonly ClassChoice[];
  /** Options that all explainers share. */
  readonly explaining: Omit<ExplainerOptions, "runtime" | "method">;
}

/** Draws the maps of every method that works for the model, by family; says why the others do not. @returns the exit code */
export async function sheetOfMethods(job: Job, named: NamedModel, sheet: MethodSheet): Promise<number> {
  const { source, image, picture } = await onlyImage(named, sheet);
  const rows: Row[] = [];
  const cells = new Map<CamMethod, readonly SheetCell[]>();
  const sections = byFamily();
  await job.stage("drawing", async (onProgress) => {
    const { classes, explaining } = sheet;
    const methods = sections.flatMap((section) => section.methods);
    const options = { methods, classes, explaining, progress: onProgress, signal: job.signal };
    for await (const compared of compareMethods(named.model.explainer, image.input, options)) {
      const { method, milliseconds, error } = compared;
      if (error) {
        rows.push({ method: method.name, refused: error.message });
        note(`${method.name} left out: ${error.message}`);
      } else {
        rows.push({ method: method.name, ms: milliseconds.toFixed(0) });
        cells.set(method, await cellsOf({ image, picture }, compared, sheet));
      }
    }
  });
  if (cells.size === 0) throw new FoveaError("bad-graph", `${named.path}: no method works for this model`);
  const path = sheet.outputs.path(source, "figure");
  await writeResult(path, await draw(named, { sections, cells }, sheet, picture), sheet.outputs);
  if (job.format === "json") {
    printJson({ input: source.path, methods: rows, written: path });
  } else {
    for (const section of sections) printFamily(section, rows);
    print(`  wrote ${path}`);
  }
  return job.end();
}

function printFamily({ family, methods: ofFamily }: FamilyOfMethods, rows: readonly Row[]): void {
  const drawn = ofFamily.flatMap(({ name, classBlind }) => {
    const row = rows.find(({ method }) => method === name);
    return row && "ms" in row ? [{ name, ms: Number(row.ms), blind: classBlind ? `  ${sameForAllClasses}` : "" }] : [];
  });
  if (drawn.length > 0) print(`${family.title}: ${family.says}`);
  for (const { name, ms, blind } of drawn) print(`  ${name.padEnd(22)} ${elapsed(ms).padStart(10)}${blind}`);
}

/** @throws FoveaError `bad-input` for several images */
async function onlyImage({ model }: NamedModel, { inputs }: Plan) {
  const [source, ...others] = inputs;
  if (source === undefined || others.length > 0)
    throw new FoveaError("bad-input", `--method all: expected one image, got ${inputs.length}`);
  if (source.error) throw source.error;
  const image = await readInput(model, source);
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
    detail: `${classBlind ? sameForAllClasses : label}, ${unbroken(elapsed(milliseconds))}`,
    ...mapOnPicture(image, result, 0, k, options),
    signed: drawing.signed ?? false,
  }));
}

/** What was drawn, by family. */
interface Drawn {
  readonly sections: readonly FamilyOfMethods[];
  readonly cells: ReadonlyMap<CamMethod, readonly SheetCell[]>;
}

async function draw(named: NamedModel, { sections, cells }: Drawn, sheet: MethodSheet, { width, height }: Picture) {
  const perMethod = Math.max(1, sheet.classes.length);
  const columns = perMethod * Math.max(1, Math.floor(6 / perMethod));
  const groups = sections.map(({ family, methods: ofFamily }) => ({
    title: family.title,
    detail: family.says,
    cells: ofFamily.flatMap((method) => cells.get(method) ?? []),
  }));
  const compared = [...cells.keys()].filter(({ baseline }) => !baseline).length;
  const svg = await contactSheetSvg(
    {
      cells: [],
      groups,
      title: `${counted(compared, "method")}: ${modelLine(named)}`,
      subtitle: `A picture of ${width}×${height}; times for all classes shown. Methods of passes: ${passLimits(sheet.explaining).join(", ")}.`,
    },
    { columns, panelSize: 160, ...(sheet.drawing.colormap ? { colormap: sheet.drawing.colormap } : {}) },
  );
  return fileOfFigure(svg, sheet.outputs);
}

/** The limits of methods of many passes, in words. */
function passLimits({ topChannels, samples }: MethodSheet["explaining"]): string[] {
  const channels = topChannels ?? methods.find(({ quick }) => quick?.topChannels)?.quick?.topChannels;
  const masks = methods.flatMap(({ title, quick }) =>
    quick?.samples === undefined ? [] : [`${title} ${samples ?? quick.samples} masks`],
  );
  return [`the ${channels} most active channels`, ...masks];
}
