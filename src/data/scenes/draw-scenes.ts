/** @file Drawn scenes: pictures of digits and shapes of many sizes, of which every object's place is known. */

import { badInput } from "../../foundation/check.js";
import { at } from "../../foundation/present.js";
import { permutation, type Random, random } from "../../foundation/random.js";
import { count as counted } from "../../foundation/words.js";
import type { Box } from "../../image/picture/resize.js";
import { Canvas } from "../digits/canvas.js";
import { distractors } from "../shapes.js";
import type { Caption } from "./captions.js";
import { develop, drawGrain } from "./grain.js";
import { drawInk, markRegion, outlineTrace, sceneClasses, traceOf } from "./ink.js";
import { drawGround, paint, pickColours } from "./paint.js";
import { placeInk } from "./place.js";
import type { Scene, SceneObject, SceneSet } from "./scene-set.js";
import { sceneSide } from "./scene-set.js";

/** A scene with the class of each of its pixels. */
export interface DrawnScene extends Scene {
  /** [side, side]: 0 where there is no object's ink, else the object's class + 1. */
  readonly regions: Uint8Array;
  /** What is on it, in words; of scenes with captions alone. */
  readonly caption?: Caption;
}

/** Scenes with the class of each pixel. */
export interface DrawnScenes extends SceneSet {
  read(index: number): Promise<DrawnScene>;
}

/** Which scenes are drawn. */
export interface DrawScenesOptions {
  /** The same seed gives the same scenes. Default 1. */
  readonly seed?: number | string;
  /** Default 200. */
  readonly count?: number;
  /** Scenes to learn from and scenes to test on are never the same ones. Default `test`. */
  readonly part?: "train" | "test";
}

/**
 * Colour pictures, 128 by 128: two to ten objects of one to three classes, at least two of the first class, without one covering another,
 * and two to four drawings that are none. The classes are the ten digits, in the hands of `drawDigits`, and a triangle, a square, a cross and
 * a star at any turn; objects are 18 to 80 pixels long. A scene does not depend on how many are drawn.
 * @throws FoveaError `bad-input` for a count that is none
 */
export function drawScenes({ seed = 1, count = 200, part = "test" }: DrawScenesOptions = {}): DrawnScenes {
  if (!Number.isSafeInteger(count) || count < 1) throw badInput("scenes: count", "a whole number from 1 on", count);
  const source = random(seed).fork("scenes").fork(part);
  const [canvas, noise] = [new Canvas(sceneSide), drawGrain()];
  return {
    name: "scenes",
    source: `scenes of digits and shapes drawn by fovea (seed ${seed}), ${counted(count)} to ${part === "train" ? "learn from" : "test on"}`,
    classes: sceneClasses,
    count,
    nameOf: (index) => `scene ${index}`,
    read: async (index) => drawScene(source.fork(index), canvas, noise),
  };
}

function drawScene(source: Random, canvas: Canvas, noise: Float32Array): DrawnScene {
  const regions = new Uint8Array(sceneSide * sceneSide);
  const colours = pickColours(source);
  const ground = drawGround(colours, sceneSide, source);
  const taken: Box[] = [];
  const objects = chooseClasses(source).flatMap((classIndex): SceneObject[] => {
    const ink = placeInk(taken, source, sizes, (side, x, y) =>
      drawInk(canvas, traceOf(classIndex, side, source), x, y),
    );
    if (ink === undefined) return [];
    paint(ground, ink, colours.ink(source));
    markRegion(regions, ink, classIndex);
    return [{ classIndex, box: ink.box }];
  });
  const others = 2 + source.below(3);
  for (let i = 0; i < others; i++) {
    const outline = at(distractors, source.below(distractors.length));
    const ink = placeInk(taken, source, sizes, (side, x, y) =>
      drawInk(canvas, outlineTrace(outline, side, source), x, y),
    );
    if (ink) paint(ground, ink, colours.ink(source));
  }
  return { picture: develop(ground, noise, source), objects, regions };
}

/** The classes of a scene's objects, the first twice or more. */
function chooseClasses(source: Random): number[] {
  const [first = 0, ...others] = permutation(sceneClasses.length, source).subarray(0, 1 + source.below(3));
  const several = (classIndex: number, least: number, most: number) =>
    Array<number>(least + source.below(most - least + 1)).fill(classIndex);
  return [...several(first, 2, 4), ...others.flatMap((other) => several(other, 1, 3))];
}

/** Of objects, in pixels. */
const sizes = [18, 80] as const;
