/** @file Pictures of single boxes with their maps: correct ones, and the surest errors of each kind. */

import type { SceneSet } from "../../data/scenes/scene-set.js";
import { type DetectionError, type ErrorKind, errorKinds } from "../../evaluate/detection/error-kinds.js";
import { type DetectionEvaluation, errorsOfKind } from "../../evaluate/detection/evaluate-detections.js";
import { overlapOf } from "../../evaluate/detection/overlap.js";
import type { FoundScene } from "../../evaluate/detection/study/detect-scenes.js";
import { boxOnInput, inputSizeOf } from "../../evaluate/detection/study/place-boxes.js";
import type { BoxExplainer } from "../../explain/boxes/box-options.js";
import { at } from "../../foundation/present.js";
import { mapPeak } from "../../image/map/heatmap.js";
import type { Picture as Pixels } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";
import { prepareInput } from "../../model/run/read-image.js";
import type { DetectedBox } from "../../model/tasks/detection/detect.js";
import { boxOnPicture } from "../../model/tasks/detection/on-picture.js";
import type { Runtime } from "../../runtime/session.js";
import { type Encode, overlaid, plain, scaled } from "../collect/draw.js";
import { around } from "./around.js";
import type { ExampleReport, MarkedBox } from "./detection-data.js";

export interface CollectExamplesOptions {
  readonly explainer: BoxExplainer;
  readonly set: SceneSet;
  readonly scenes: readonly FoundScene[];
  readonly evaluation: Pick<DetectionEvaluation, "shown">;
  /** For each class of the model its index in the set (see `matchDetector`). */
  readonly classes: readonly number[];
  /** Of each kind. */
  readonly count: number;
  readonly runtime: Runtime;
  readonly encode: Encode;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is to be drawn. */
type Chosen = Omit<DetectionError, "kind"> & { readonly kind: ErrorKind | "correct" };

/** @throws the reason of the signal's abort, and the errors of reading and explaining */
export async function collectExamples(options: CollectExamplesOptions): Promise<ExampleReport[]> {
  const { evaluation, count, onProgress, signal } = options;
  const kinds = [...errorKinds].flatMap((kind): Chosen[] => spread(errorsOfKind(evaluation.shown, kind), count));
  const chosen = [...spread(correctOnes(evaluation), count), ...kinds];
  const examples: ExampleReport[] = [];
  for (const each of chosen) {
    signal?.throwIfAborted();
    examples.push(await drawExample(each, options));
    onProgress?.(examples.length, chosen.length);
  }
  return examples;
}

function correctOnes({ shown }: Pick<DetectionEvaluation, "shown">): Chosen[] {
  const all = shown.flatMap(({ correct }, scene) =>
    correct.map(
      ({ found, object }): Chosen => ({
        kind: "correct",
        scene,
        found,
        object,
        overlap: overlapOf(found.box, object.box),
      }),
    ),
  );
  return all.sort((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0));
}

/** The first ones of different scenes, then the others. */
function spread(all: readonly Chosen[], count: number): Chosen[] {
  const first = all.filter(({ scene }, i) => all.findIndex((other) => other.scene === scene) === i);
  const chosen = new Set([...first, ...all].slice(0, count));
  return all.filter((each) => chosen.has(each)).slice(0, count);
}

async function drawExample(
  { kind, scene: number, found, object, overlap }: Chosen,
  { explainer, set, scenes, classes, runtime, encode, signal }: CollectExamplesOptions,
): Promise<ExampleReport> {
  const scene = at(scenes, number);
  const { picture } = await set.read(scene.index);
  const { input, box: seen } = await prepareInput(explainer.model, picture, runtime);
  const size = inputSizeOf(explainer.model);
  const own = scene.found.find((each) => each === found);
  const ofClass = async (index: number) =>
    (await explainer.detect(input, everything)).filter(({ classIndex }) => classes[classIndex] === index);
  const near =
    own?.detected ?? (object && nearest(await ofClass(object.classIndex), boxOnInput(object.box, seen, size)));
  const [map] = near ? await explainer.explain(input, [near], { signal }) : [];
  const label = own ? nameOf(set, own.classIndex) : object && nameOf(set, object.classIndex);
  const marked = markOf(label, near, near && boxOnPicture(near, seen, size, picture), picture);
  const ground = { picture, box: seen };
  const peak = map ? mapPeak(map.map) : 0;
  const drawn = map && (await overlaid(ground, map.map, peak || 1, encode));
  const place = own?.box ?? object?.box;
  return {
    kind,
    image: set.nameOf(scene.index),
    picture: await plain(picture, encode),
    map: drawn,
    peak,
    closeUp: map && place && (await overlaid(around(ground, place), map.map, peak || 1, encode)),
    found: marked,
    object: object && { label: nameOf(set, object.classIndex), place: shareOf(object.box, picture) },
    overlap: object && near ? overlapOf(boxOnPicture(near, seen, size, picture), object.box) : overlap,
  };
}

/** Boxes of every score, of which few suppress others. */
const everything = { confidence: 0, overlap: 0.9 } as const;
/** A box that overlaps an object by less has nothing to do with it. */
const leastNear = 0.1;

/** Of boxes that overlap an object, the one with the largest overlap times score. */
function nearest(boxes: readonly DetectedBox[], place: Box): DetectedBox | undefined {
  let best: { readonly box: DetectedBox; readonly holds: number } | undefined;
  for (const box of boxes) {
    const { left, top, right, bottom } = box;
    const overlap = overlapOf({ x: left, y: top, width: right - left, height: bottom - top }, place);
    const holds = overlap * box.score;
    if (overlap >= leastNear && holds > (best?.holds ?? 0)) best = { box, holds };
  }
  return best?.box;
}

function markOf(
  label: string | undefined,
  near: DetectedBox | undefined,
  place: Box | undefined,
  picture: Pixels,
): MarkedBox | undefined {
  if (near === undefined || place === undefined) return undefined;
  return { label: label ?? near.label, score: near.score, place: shareOf(place, picture) };
}

function nameOf({ classes }: SceneSet, index: number): string {
  return classes[index] ?? String(index);
}

function shareOf(box: Box, { width, height }: Pixels): Box {
  return scaled(box, 1 / width, 1 / height);
}
