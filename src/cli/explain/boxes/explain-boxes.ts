/** @file `fovea explain` of a detector: the boxes in a picture, and a map for each. */

import type { FoundInput } from "../../../data/find-inputs.js";
import { createBoxExplainer } from "../../../explain/boxes/box-explainer.js";
import { boxMethod } from "../../../explain/boxes/box-method.js";
import { type BoxExplainer, defaultBoxMethod } from "../../../explain/boxes/box-options.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { percent } from "../../../foundation/words.js";
import { mapPeak } from "../../../image/map/heatmap.js";
import type { Picture } from "../../../image/picture/picture.js";
import type { Box } from "../../../image/picture/resize.js";
import { classIndices } from "../../../model/class-names.js";
import { checkPictures, layerSize } from "../../../model/layers/layer.js";
import type { DetectedBox } from "../../../model/tasks/detection/detect.js";
import { areaShare, maskedPixels, type ObjectMask, runLengths } from "../../../model/tasks/detection/object-mask.js";
import { boxOnPicture, uncutOnPicture } from "../../../model/tasks/detection/on-picture.js";
import { layoutInWords } from "../../../model/tasks/found-task.js";
import { notesForTask } from "../../../model/tasks/task-notes.js";
import { eachInput } from "../../inputs/each-input.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { assumptions, describedRecipe, type ImageInput, readInput } from "../../inputs/read-input.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import type { Job, OnProgress, Outcome } from "../../terminal/job.js";
import { print, printJson, printLines } from "../../terminal/print.js";
import { standardOutput } from "../../terminal/standard-output.js";
import { table } from "../../terminal/table.js";
import type { Plan } from "../plan.js";
import type { BoxResult, BoxShape, ExplainedBox, NumberedBox } from "./box-result.js";
import { writeBoxes } from "./draw-boxes.js";

/** How many boxes are explained where nobody says which. */
const mostExplained = 10;

/** One input with its boxes, and what was written of it. */
type WrittenResult = BoxResult & { readonly written: readonly string[] };

interface BoxRun {
  readonly plan: Plan;
  readonly named: NamedModel;
  readonly explainer: BoxExplainer;
  readonly flags: ExplainFlags;
}

/** Explains the boxes of each input. @returns the exit code */
export async function explainBoxes(job: Job, named: NamedModel, plan: Plan, flags: ExplainFlags): Promise<number> {
  const { against = false, samples, seed, layer } = flags;
  const options = { against, samples, seed, method: methodOf(flags), ...(layer === "auto" ? {} : { layer }) };
  const explainer = createBoxExplainer(named.model, options);
  const run = { plan, named, explainer, flags };
  let outcome: Outcome;
  try {
    outcome = await eachInput(job, plan, "explaining boxes", async (source, isFirst, onProgress) =>
      tell(job, run, await explainInput(job, run, source, onProgress), isFirst),
    );
  } finally {
    await explainer.close();
  }
  if (job.format === "json") printJson(whole(run, job));
  return job.end(outcome);
}

/** As the user named it. */
function methodOf({ method, methodGiven = false }: ExplainFlags): string | undefined {
  return methodGiven ? boxMethod(method).name : undefined;
}

async function explainInput(job: Job, run: BoxRun, source: FoundInput, onProgress: OnProgress): Promise<WrittenResult> {
  const { named, explainer, flags } = run;
  const image = await readInput(named.model, source);
  const picture = onlyPicture(image);
  const found = await explainer.detect(image.input, { confidence: flags.conf, overlap: flags.iou, masks: true });
  const boxes = found.map((box, i): NumberedBox => ({ number: i + 1, box, ...placesOf(run, image, picture, box) }));
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
  return { ...result, written: await writeBoxes({ named, ...run.plan, method: methodOf(flags) }, result) };
}

function onlyPicture({ pictures, path }: ImageInput): Picture {
  const [picture, ...others] = pictures;
  if (picture && others.length === 0) return picture;
  throw new FoveaError("bad-input", `${path}: boxes: expected one image, got ${pictures.length}`);
}

type Size = Pick<Picture, "width" | "height">;

function inputSize({ model }: NamedModel): Size {
  const { height, width } = checkPictures(model);
  return { height: Number(height), width: Number(width) };
}

function placesOf({ named }: BoxRun, image: ImageInput, picture: Picture, box: DetectedBox) {
  const seen = image.box ?? { x: 0, y: 0, width: picture.width, height: picture.height };
  const input = inputSize(named);
  const place = boxOnPicture(box, seen, input, picture);
  return box.mask === undefined ? { place } : { place, shape: shapeOf(box.mask, seen, input, picture) };
}

function shapeOf(
  { map, place: { x, y, width, height } }: ObjectMask,
  seen: Box,
  input: Size,
  picture: Picture,
): BoxShape {
  const place = uncutOnPicture({ left: x, top: y, right: x + width, bottom: y + height }, seen, input);
  return { map, place, pixels: maskedPixels(map, place, picture) };
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

/** The next number of one digit below. */
function below(score: number): number {
  const step = 10 ** Math.floor(Math.log10(score));
  return Number((Math.floor(score / step) * step).toPrecision(1));
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
    ? `: the surest is ${surest.label} with ${surest.score.toFixed(3)} (--conf ${below(surest.score)} takes it)`
    : "";
  return new FoveaError("bad-input", `no box with a score of ${conf} or more${near}`);
}

function tell(job: Job, run: BoxRun, result: WrittenResult, isFirst: boolean): void {
  job.record(described(run, result));
  if (job.format !== "text") return;
  const { named, plan, explainer } = run;
  const { image, picture, boxes, explained, written } = result;
  if (isFirst || !plan.many) {
    print(`${plan.many ? "" : `${image.path}: `}${modelLine(named)}`);
    const notes = [...notesForTask(named.model), ...(image.isArray ? [] : assumptions(named.model))];
    printLines(
      [layoutInWords(explainer.task.layout), ...notes, ...(plan.many ? [] : image.notes)].map((line) => `  ${line}`),
    );
  }
  if (plan.many) {
    const list = explained.map(({ box }) => `${box.label} ${percent(box.score, 0)}`).join(", ");
    print(`${image.path}: ${list} -> ${written.join(", ")}`);
    return;
  }
  const rows = boxes.map(({ number, box, place, shape }) => {
    const map = mapOf(explained, number);
    const sides = [place.x, place.y, place.x + place.width, place.y + place.height].map(Math.round).join(" ");
    const layers = map?.layers.map((layer) => `${layer.name} (${layerSize(layer)})`).join(" + ");
    const area = shape ? [percent(areaShare(shape.pixels, picture), 1)] : [];
    return [number, box.label, percent(box.score, 1), sides, ...area, layers ?? ""];
  });
  const area = explainer.task.layout.masks ? ["area"] : [];
  const header = ["box", "class", "score", "left top right bottom", ...area, "explained at"];
  printLines(table(header, rows).map((line) => `  ${line}`));
  for (const path of written) if (path !== standardOutput) print(`  wrote ${path}`);
}

function mapOf(explained: readonly ExplainedBox[], number: number) {
  return explained.find((each) => each.number === number)?.map;
}

/** For programs. */
function described({ named }: BoxRun, { image, picture, boxes, explained, written }: WrittenResult) {
  return {
    input: image.path,
    boxes: boxes.map((each) => {
      const { number, box, place } = each;
      const map = mapOf(explained, number);
      return {
        ...{ number, class: box.classIndex, label: box.label, score: box.score, box: place, row: box.row },
        ...describedShape(each, picture),
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
    notes: [...notesForTask(named.model), ...(image.isArray ? [] : assumptions(named.model)), ...image.notes],
    written: written.length === 1 ? at(written, 0) : written,
  };
}

/** The share of the picture that the object covers, and its pixels as COCO's uncompressed run lengths. */
function describedShape({ shape }: NumberedBox, picture: Picture) {
  if (shape === undefined) return {};
  const { height, width } = picture;
  const mask = { size: [height, width], counts: runLengths(shape.pixels, picture) };
  return { area: areaShare(shape.pixels, picture), mask };
}

function whole({ named, explainer, flags }: BoxRun, { records: results, failures }: Job) {
  const method = methodOf(flags) ?? defaultBoxMethod;
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
