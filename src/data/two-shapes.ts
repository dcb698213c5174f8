/** @file Two drawn shapes of different classes in an image: a map of one of them that shows both does not know which was asked for. */

import { at } from "../foundation/present.js";
import { permutation, type Random, random } from "../foundation/random.js";
import { count } from "../foundation/words.js";
import type { Box } from "../image/picture/resize.js";
import type { Dataset, LabelledImages } from "./dataset.js";
import { Canvas } from "./digits/canvas.js";
import { cells, checkCount, type DrawShapesOptions, develop, distractors, draw, shapes, side } from "./shapes.js";

/**
 * White lines on black, 42 by 42, as `drawShapes` draws them, with shapes of two classes in opposite halves (left and right, or top
 * and bottom) and three to five distractors between them. Every image is there twice, one after the other: labelled with the one class, and with the
 * other. `boxes` is the half of the class of the label. The share of a map's positive values in that half is the grid pointing game
 * (GridPG; Böhle et al., CVPR 2021; Rao et al., "Towards Better Understanding Attribution Methods", CVPR 2022, eq. 1) with two cells:
 * maps that are the same for all classes have 1/2 on average, because their shares of the two halves add up to 1.
 *
 * No network can learn labels that contradict each other: there are no training images unless `train` asks for some.
 */
export function drawTwoShapes({ seed = 1, train = 0, test = 1000 }: DrawShapesOptions = {}): Dataset {
  checkCount("training", train);
  checkCount("test", test);
  const source = random(seed).fork("two shapes");
  return {
    name: "two-shapes",
    source: `two shapes of different classes in opposite halves, each explained in turn, drawn by fovea (seed ${seed}), ${count(test)} test images; boxes are halves, and maps that are blind for the class get 50 % of their sum into them`,
    classes: Object.keys(shapes),
    train: drawImages(train, source.fork("train")),
    test: drawImages(test, source.fork("test")),
  };
}

function drawImages(count: number, source: Random): LabelledImages {
  const size = side * side;
  const pixels = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  const boxes: Box[][] = [];
  const canvas = new Canvas(side);
  for (let i = 0; i < count; i += 2) {
    const drawn = drawPair(pixels.subarray(i * size, (i + 1) * size), canvas, source);
    for (const [k, { label, half }] of drawn.slice(0, count - i).entries()) {
      labels[i + k] = label;
      boxes.push([half]);
    }
    if (i + 1 < count) pixels.copyWithin((i + 1) * size, i * size, (i + 1) * size);
  }
  return { pixels, labels, boxes, count, channels: 1, height: side, width: side };
}

/** Draws an image. @returns both shapes with their halves, in random order */
function drawPair(pixels: Uint8Array, canvas: Canvas, source: Random) {
  const outlines = Object.values(shapes);
  const [first = 0, second = 1] = permutation(outlines.length, source);
  const sideBySide = source.below(2) === 0;
  // The first shape lies left or above, the second right or below: in the outer rows or columns, which no middle line cuts.
  const placeAt = (line: number) => {
    const along = source.below(cells);
    return sideBySide ? along * cells + line : line * cells + along;
  };
  const places = [placeAt(0), placeAt(cells - 1)];
  for (const [i, label] of [first, second].entries()) draw(at(outlines, label), at(places, i), source, canvas);
  const free = [...permutation(cells * cells, source)].filter((place) => !places.includes(place));
  for (const place of free.slice(0, 3 + source.below(3)))
    draw(at(distractors, source.below(distractors.length)), place, source, canvas);
  develop(canvas, pixels, source);
  const [width, height] = sideBySide ? [side / 2, side] : [side, side / 2];
  const drawn = [
    { label: first, half: { x: 0, y: 0, width, height } },
    { label: second, half: { x: side - width, y: side - height, width, height } },
  ];
  return source.below(2) === 0 ? drawn : drawn.reverse();
}
