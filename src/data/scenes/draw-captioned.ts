/** @file Drawn scenes with captions: a few shapes, each of one of six colours, small or large. */

import { badInput } from "../../foundation/check.js";
import { at } from "../../foundation/present.js";
import { type Random, random } from "../../foundation/random.js";
import { count as counted } from "../../foundation/words.js";
import type { Box } from "../../image/picture/resize.js";
import { Canvas } from "../digits/canvas.js";
import { distractors } from "../shapes.js";
import {
  type CaptionedObject,
  captionColours,
  captionGrounds,
  captionOf,
  captionShapes,
  captionSizes,
  mostObjects,
} from "./captions.js";
import type { DrawnScene, DrawnScenes, DrawScenesOptions } from "./draw-scenes.js";
import { develop, drawGrain } from "./grain.js";
import { drawInk, markRegion, outlineNamed, outlineTrace } from "./ink.js";
import { drawGround, groundColour, namedColour, paint } from "./paint.js";
import { placeInk } from "./place.js";
import { sceneSide } from "./scene-set.js";

/** The sizes of objects and of drawings that are none, in pixels. */
const sizes = { small: [18, 30], large: [42, 62], other: [16, 30] } as const;

/**
 * Colour pictures, 128 by 128, with captions: one to four shapes (circle, square, triangle, star, cross) at any turn, without one covering
 * another, and up to two drawings that are none. A scene does not depend on how many are drawn.
 * @throws FoveaError `bad-input` for a count that is none
 */
export function drawCaptionedScenes({ seed = 1, count = 200, part = "test" }: DrawScenesOptions = {}): DrawnScenes {
  if (!Number.isSafeInteger(count) || count < 1) throw badInput("scenes: count", "a whole number from 1 on", count);
  const source = random(seed).fork("captioned scenes").fork(part);
  const [canvas, grain] = [new Canvas(sceneSide), drawGrain()];
  return {
    name: "scenes",
    source: `scenes of shapes with captions drawn by fovea (seed ${seed}), ${counted(count)} to ${part === "train" ? "learn from" : "test on"}`,
    classes: captionShapes,
    count,
    nameOf: (index) => `scene ${index}`,
    read: async (index) => drawScene(source.fork(index), canvas, grain),
  };
}

function drawScene(source: Random, canvas: Canvas, grain: Float32Array): DrawnScene {
  const regions = new Uint8Array(sceneSide * sceneSide);
  const ground = at(captionGrounds, source.below(captionGrounds.length));
  const painted = drawGround({ ground: groundColour(ground === "light", source) }, sceneSide, source);
  const taken: Box[] = [];
  const objects = Array.from({ length: 1 + source.below(mostObjects) }, () => pickObject(ground, source)).flatMap(
    (object) => {
      const outline = outlineNamed(object.shape);
      const ink = placeInk(taken, source, sizes[object.size], (side, x, y) =>
        drawInk(canvas, outlineTrace(outline, side, source), x, y),
      );
      if (ink === undefined) return [];
      const classIndex = captionShapes.indexOf(object.shape);
      paint(painted, ink, namedColour(object.colour, ground === "light", source));
      markRegion(regions, ink, classIndex);
      return [{ ...object, classIndex, box: ink.box }];
    },
  );
  for (let i = source.below(3); i > 0; i--) {
    const outline = at(distractors, source.below(distractors.length));
    const ink = placeInk(taken, source, sizes.other, (side, x, y) =>
      drawInk(canvas, outlineTrace(outline, side, source), x, y),
    );
    if (ink)
      paint(
        painted,
        ink,
        namedColour(at(captionColours, source.below(captionColours.length)), ground === "light", source),
      );
  }
  const said = objects.map(({ shape, colour, size }) => ({ shape, colour, size, ground }));
  return { picture: develop(painted, grain, source), objects, regions, caption: captionOf(said, source) };
}

function pickObject(ground: CaptionedObject["ground"], source: Random): CaptionedObject {
  return {
    shape: at(captionShapes, source.below(captionShapes.length)),
    colour: at(captionColours, source.below(captionColours.length)),
    size: at(captionSizes, source.below(captionSizes.length)),
    ground,
  };
}
