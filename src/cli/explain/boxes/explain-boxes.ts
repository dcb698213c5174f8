/** @file `fovea explain` of a detector: the boxes in a picture, and a map for each. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { writeNpy } from "../../../data/npy.js";
import { createBoxExplainer } from "../../../explain/boxes/box-explainer.js";
import { boxMethod } from "../../../explain/boxes/box-method.js";
import { type BoxExplainer, type BoxMap, defaultBoxMethod } from "../../../explain/boxes/box-options.js";
import { fuseMaps } from "../../../explain/fused.js";
import { defaultMethod } from "../../../explain/method.js";
import { FoveaError, namedError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { counted, percent } from "../../../foundation/words.js";
import { placeOnPicture } from "../../../image/figure/explanation-row.js";
import type { SheetCell } from "../../../image/figure/sheet.js";
import { type FloatMap, mapPeak, normalizeMap } from "../../../image/map/heatmap.js";
import { colorizeMap, overlay } from "../../../image/map/overlay.js";
import { contactSheetSvg, encodePicture, rasterize } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";
import { type Box, resizeMap } from "../../../image/picture/resize.js";
import { classIndices } from "../../../model/class-names.js";
import { checkPictures, layerSize } from "../../../model/layers/layer.js";
import type { DetectedBox } from "../../../model/tasks/detection/detect.js";
import { boxOnPicture } from "../../../model/tasks/detection/on-picture.js";
import { float32 } from "../../../onnx/tensor.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { assumptions, describedRecipe, type ImageInput, readInput } from "../../inputs/read-input.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import type { Job, OnProgress } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { standardOutput } from "../../terminal/standard-output.js";
import { table } from "../../terminal/table.js";
import type { Plan } from "../plan.js";
import { writeResult } from "../write-results.js";

/** How many boxes are explained where nobody says which. */
const mostExplained = 10;

/** A box with its number in the list, and where it is on the picture. */
interface NumberedBox {
  readonly number: number;
  readonly box: DetectedBox;
  /** In the picture's pixels. */
  readonly place: Box;
}

interface ExplainedBox extends NumberedBox {
  readonly map: BoxMap;
}

/** One input with its boxes. */
interface BoxResult {
  readonly source: FoundInput;
  readonly image: ImageInput;
  readonly picture: Picture;
  /** All, the surest first. */
  readonly boxes: readonly NumberedBox[];
  readonly explained: readonly ExplainedBox[];
  readonly written: readonly string[];
}

interface BoxRun {
  readonly plan: Plan;
  readonly named: NamedModel;
  readonly explainer: BoxExplainer;
  readonly flags: ExplainFlags;
}

/** Explains the boxes of each input. @returns the exit code */
export async function explainBoxes(job: Job, named: NamedModel, plan: Plan, flags: ExplainFlags): Promise<number> {
  const { against = false, samples, seed, layer } = flags;
  const method = flags.method === defaultMethod ? undefined : boxMethod(flags.method).name;
  const chosenLayer = layer === "auto" ? {} : { layer };
  const options = {
    against,
    method,
    ...chosenLayer,
    ...(samples ? { samples } : {}),
    ...(seed ? { seed } : {}),
  };
  const explainer = createBoxExplainer(named.model, options);
  const run = { plan, named, explainer, flags };
  const total = plan.inputs.length;
  let done = 0;
  try {
    await job.each(
      { what: "explaining boxes", total },
      () => inputsOf(plan),
      async (source, onProgress) => {
        try {
          tell(job, run, await explainInput(job, run, source, onProgress), done === 0);
          done++;
        } catch (error) {
          if (!(error instanceof FoveaError) || !plan.many)
            throw error instanceof FoveaError ? namedError(source.path, error) : error;
          job.fail(namedError(source.path, error).message);
        }
        return undefined;
      },
    );
  } finally {
    await explainer.close();
  }
  if (job.format === "json") printJson(whole(run, job));
  return job.end({ failed: `of ${total} inputs failed`, stopped: `fovea: stopped after ${done} of ${total} inputs` });
}

async function* inputsOf({ inputs }: Plan): AsyncGenerator<FoundInput> {
  yield* inputs;
}

async function explainInput(job: Job, run: BoxRun, source: FoundInput, onProgress: OnProgress): Promise<BoxResult> {
  if (source.error) throw source.error;
  const { named, explainer, flags } = run;
  const image = await readInput(named.model, source.path, source.bytes);
  const picture = onlyPicture(image);
  const found = await explainer.detect(image.input, { confidence: flags.conf, overlap: flags.iou });
  const boxes = found.map((box, i): NumberedBox => ({ number: i + 1, box, place: placeOf(run, image, picture, box) }));
  const chosen = chosenBoxes(named, boxes, flags);
  if (chosen.length === 0) throw await noBox(run, image, boxes);
  const maps = await explainer.explain(
    image.input,
    chosen.map(({ box }) => box),
    {
      signal: job.signal,
      progress: (done, total) => onProgress(done, total, `${source.path}: ${done} of ${total}`),
    },
  );
  const explained = maps.map((map, i): ExplainedBox => ({ ...at(chosen, i), map }));
  const result = { source, image, picture, boxes, explained };
  return { ...result, written: await write(run, result) };
}

function onlyPicture({ pictures, path }: ImageInput): Picture {
  const [picture, ...others] = pictures;
  if (picture && others.length === 0) return picture;
  throw new FoveaError("bad-input", `${path}: boxes: expected one image, got ${pictures.length}`);
}

function inputSize({ model }: NamedModel) {
  const { height, width } = checkPictures(model);
  return { height: Number(height), width: Number(width) };
}

function placeOf({ named }: BoxRun, image: ImageInput, picture: Picture, box: DetectedBox): Box {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  return boxOnPicture(box, image.box ?? whole, inputSize(named), picture);
}

/** The boxes that the user asks for; else the surest. */
function chosenBoxes(named: NamedModel, boxes: readonly NumberedBox[], flags: ExplainFlags): readonly NumberedBox[] {
  const ofClass = flags.class.length === 0 ? boxes : ofClasses(named, boxes, flags.class);
  if (flags.box === undefined) return ofClass.slice(0, mostExplained);
  return flags.box.map((number) => {
    const found = ofClass.find((each) => each.number === number);
    if (found) return found;
    const expected = boxes.length === 0 ? "a box, of which there is none" : `1 to ${boxes.length}`;
    throw new FoveaError(
      "bad-input",
      `--box ${number}: expected ${expected}${boxes.some((each) => each.number === number) ? ", of the class that is given" : ""}`,
    );
  });
}

function ofClasses({ model }: NamedModel, boxes: readonly NumberedBox[], texts: readonly string[]) {
  const { placeClasses: classes, task } = model;
  const classCount = task.name === "detection" ? task.classCount : undefined;
  const wanted = new Set(
    texts.flatMap((text) =>
      classIndices({ card: classes ? { classes } : {}, classCount: classCount ?? classes?.length }, text),
    ),
  );
  return boxes.filter(({ box }) => wanted.has(box.classIndex));
}

/** Says how far below the limit the surest box is. */
async function noBox(
  { explainer, flags }: BoxRun,
  image: ImageInput,
  boxes: readonly NumberedBox[],
): Promise<FoveaError> {
  const { conf = 0.25 } = flags;
  if (boxes.length > 0) {
    const classes = [...new Set(boxes.map(({ box }) => box.label))].join(", ");
    return new FoveaError(
      "bad-input",
      `--class ${flags.class.join(",")}: expected a class among the boxes found, got none: there are ${classes}`,
    );
  }
  const [surest] = await explainer.detect(image.input, { confidence: 0, overlap: flags.iou });
  const near = surest
    ? `: the surest is ${surest.label} with ${surest.score.toFixed(3)} (--conf ${(surest.score * 0.9).toPrecision(1)} takes it)`
    : "";
  return new FoveaError("bad-input", `no box with a score of ${conf} or more${near}`);
}

/** @returns the written paths */
async function write({ plan, named, flags }: BoxRun, result: Omit<BoxResult, "written">): Promise<string[]> {
  const { kinds } = plan.drawing;
  const { outputs } = plan;
  const written: string[] = [];
  const put = async (path: string, bytes: Uint8Array | string) => {
    await writeResult(path, bytes, outputs);
    written.push(path);
  };
  const colours = flags.colormap === undefined ? {} : { colormap: flags.colormap };
  if (kinds.includes("raw")) await put(outputs.path(result.source, "raw"), writeNpy(rawMaps(result.explained)));
  if (kinds.includes("figure")) {
    const svg = await contactSheetSvg(sheetOf(named, titleOf(flags), result), { panelSize: 300, ...colours });
    await put(
      outputs.path(result.source, "figure"),
      outputs.format === "svg" ? svg : await rasterize(svg, outputs.format),
    );
  }
  for (const kind of ["overlay", "heatmap"] as const) {
    if (!kinds.includes(kind) || outputs.format === "svg") continue;
    const { width, height } = result.picture;
    const map = resizeMap(normalizeMap(together(result)), width, height);
    const pixels = kind === "overlay" ? overlay(result.picture, map, colours) : colorizeMap(map, colours.colormap);
    await put(outputs.path(result.source, kind), await encodePicture(pixels, outputs.format));
  }
  return written;
}

/** The maps of all explained boxes, each divided by its peak: at every place the largest. */
function together({ explained, image, picture }: Omit<BoxResult, "written">): FloatMap {
  return fuseMaps(
    explained.map(({ map }) => onPicture(normalizeMap(map.map), image, picture)),
    "max",
  );
}

function onPicture(map: FloatMap, { box }: ImageInput, picture: Picture): FloatMap {
  return box ? placeOnPicture(map, box, picture) : map;
}

/** float32 [boxes, height, width], of the finest map's size. */
function rawMaps(explained: readonly ExplainedBox[]) {
  const finest = explained.reduce((a, b) => (b.map.map.width > a.map.map.width ? b : a)).map.map;
  const { width, height } = finest;
  const values = new Float32Array(explained.length * width * height);
  for (const [i, { map }] of explained.entries())
    values.set(resizeMap(map.map, width, height).values, i * width * height);
  return float32([explained.length, height, width], values);
}

/** How far a box sees in the last layer: without that a small blob would be taken for what the network looks at. */
function supportOf({ radius }: BoxMap): string {
  return radius === undefined ? "" : `, the last within ${2 * radius + 1}×${2 * radius + 1}`;
}

/** HiResCAM of a single box is what is known as ODAM. */
function titleOf(flags: ExplainFlags): string {
  const isDefault = flags.method === defaultMethod;
  const { title } = boxMethod(isDefault ? defaultBoxMethod : flags.method);
  return isDefault ? `ODAM (${title} of a box)` : title;
}

/** The picture with all boxes, and one with the map of each that is explained. */
function sheetOf(
  named: NamedModel,
  methodTitle: string,
  { image, picture, boxes, explained }: Omit<BoxResult, "written">,
) {
  const all: SheetCell = {
    picture,
    caption: counted(boxes.length, "box", "boxes"),
    detail: boxes.length > explained.length ? `${explained.length} explained` : "",
    boxes: boxes.map(({ place: box, number }) => ({
      box,
      number,
      faint: !explained.some((each) => each.number === number),
    })),
  };
  const each = explained.map(
    ({ number, box, place, map }): SheetCell => ({
      picture,
      caption: `${number} ${box.label}, ${percent(box.score, 0)}`,
      detail: map.layers.map((layer) => layerSize(layer, "×")).join(" + ") + supportOf(map),
      map: onPicture(map.map, image, picture),
      boxes: [{ box: place, number }],
    }),
  );
  const subtitle = `${methodTitle}; each map on its own scale, from nothing to its peak`;
  return { cells: [all, ...each], subtitle, title: `Boxes of ${modelLine(named)}, and what raised each one's score` };
}

function tell(job: Job, run: BoxRun, result: BoxResult, isFirst: boolean): void {
  job.record(described(run, result));
  if (job.format !== "text") return;
  const { named, plan, explainer } = run;
  const { image, boxes, explained, written } = result;
  if (isFirst || !plan.many) {
    print(`${plan.many ? "" : `${image.path}: `}${modelLine(named)}`);
    const recipe = image.isArray ? [] : assumptions(named.model);
    printLines([explainer.task.layout.title, ...recipe, ...(plan.many ? [] : image.notes)].map((line) => `  ${line}`));
  }
  if (plan.many) {
    const list = explained.map(({ box }) => `${box.label} ${percent(box.score, 0)}`).join(", ");
    print(`${image.path}: ${list} -> ${written.join(", ")}`);
    return;
  }
  const rows = boxes.map(({ number, box, place }) => {
    const map = explained.find((each) => each.number === number)?.map;
    const sides = [place.x, place.y, place.x + place.width, place.y + place.height].map(Math.round).join(" ");
    const layers = map?.layers.map((layer) => `${layer.name} (${layerSize(layer)})`).join(" + ");
    return [number, box.label, percent(box.score, 1), sides, layers ?? ""];
  });
  printLines(
    table(["box", "class", "score", "left top right bottom", "explained at"], rows).map((line) => `  ${line}`),
  );
  for (const path of written) if (path !== standardOutput) print(`  wrote ${path}`);
}

/** For programs. */
function described({ named }: BoxRun, { image, boxes, explained, written }: BoxResult) {
  return {
    input: image.path,
    boxes: boxes.map(({ number, box, place }) => {
      const map = explained.find((each) => each.number === number)?.map;
      return {
        ...{ number, class: box.classIndex, label: box.label, score: box.score, box: place, row: box.row },
        ...(map
          ? {
              layers: map.layers.map(({ name }) => name),
              radius: map.radius,
              explained: map.score,
              peak: mapPeak(map.map),
            }
          : {}),
      };
    }),
    notes: [...(image.isArray ? [] : assumptions(named.model)), ...image.notes],
    written: written.length === 1 ? at(written, 0) : written,
  };
}

function whole({ named, explainer, flags }: BoxRun, { records: results, failures }: Job) {
  const method = flags.method === defaultMethod ? defaultBoxMethod : flags.method;
  const task = { name: explainer.task.name, layout: explainer.task.layout.title };
  return {
    model: named.path,
    task,
    ...describedRecipe(named.model),
    method,
    against: flags.against ?? false,
    results,
    failures,
  };
}
