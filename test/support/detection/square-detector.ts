/** @file A detector of coloured squares that can be computed by hand, and pictures for it. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodePicture } from "../../../src/image/node.js";
import { createPicture, type Picture } from "../../../src/image/picture/picture.js";
import { Builder } from "../../../src/onnx/builder.js";
import { float32 } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";

/** Sides of a picture, and of a cell. */
export const side = 64;
export const cell = 16;
const cells = side / cell;

export const squareClasses = ["red", "green"] as const;

/**
 * 4 x 4 cells of 16 pixels, a box of just the cell in each. The score of "red" is sigmoid(20 (red - green) - 5) of the cell's mean, 0 to 1, and that
 * of "green" the same the other way round: 0.007 on grey, 0.5 where a quarter of a pure square lies in the cell.
 */
export function squareDetector(names: readonly string[] = squareClasses): Uint8Array {
  const op = new Builder();
  const x = op.input("images", "float32", [1, 3, side, side]);
  const area = cell * cell;
  const kernel = Float32Array.from({ length: 2 * 3 * area }, (_, i) => {
    const [of, channel] = [Math.floor(i / (3 * area)), Math.floor(i / area) % 3];
    return channel === 2 ? 0 : (channel === of ? 1 : -1) / area;
  });
  const strides = [cell, cell];
  const features = op.named(
    "features",
    op.Relu(op.Conv(x, op.constant(float32([2, 3, cell, cell], kernel)), { strides })),
  );
  const head = op.constant(float32([2, 2, 1, 1], [20, 0, 0, 20]));
  const logits = op.Conv(features, head, op.constant(float32([2], [-5, -5])));
  const flat = (value: string, channels: number) => op.Reshape(value, op.ints([1, channels, cells * cells]));
  const centres = Float32Array.from({ length: 4 * cells * cells }, (_, i) => {
    const [row, place] = [Math.floor(i / (cells * cells)), i % (cells * cells)];
    if (row > 1) return cell;
    return ((row === 0 ? place % cells : Math.floor(place / cells)) + 0.5) * cell;
  });
  const none = op.Conv(features, op.constant(float32([4, 2, 1, 1], new Float32Array(8))));
  const boxes = op.Add(flat(none, 4), op.constant(float32([1, 4, cells * cells], centres)));
  op.output(op.Concat(boxes, op.Sigmoid(flat(logits, 2)), { axis: 1 }), "output0");
  if (names.length > 0) {
    const list = names.map((name, i) => `${i}: '${name}'`).join(", ");
    op.graph.metadata.set("names", `{${list}}`);
    op.graph.metadata.set("task", "detect");
    op.graph.metadata.set("imgsz", `[${side}, ${side}]`);
  }
  return writeModel(op.graph);
}

/** A coloured square. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly colour: "red" | "green";
  /** Default 16. */
  readonly width?: number;
}

/** Squares on grey. */
export function squares(list: readonly Square[]): Picture {
  const pixels = new Uint8Array(side * side * 3).fill(114);
  for (const { x, y, colour, width = cell } of list)
    for (let row = y; row < y + cell; row++)
      for (let column = x; column < x + width; column++)
        pixels.set(colour === "red" ? [255, 0, 0] : [0, 255, 0], 3 * (row * side + column));
  return createPicture(side, side, 3, pixels);
}

/** An object as COCO writes it: class from 1, x, y, width, height, whether it is a crowd. */
export type CocoEntry = readonly [category: number, x: number, y: number, width: number, height: number, crowd?: 1];

export interface CocoPicture {
  readonly file: string;
  readonly squares: readonly Square[];
  readonly objects: readonly CocoEntry[];
}

/** Five pictures in which every kind of error happens to `squareDetector`. */
export const errorPictures: readonly CocoPicture[] = [
  {
    file: "right.png",
    squares: [
      { x: 0, y: 0, colour: "red" },
      { x: 32, y: 32, colour: "green" },
    ],
    objects: [
      [1, 0, 0, 16, 16],
      [2, 32, 32, 16, 16],
    ],
  },
  { file: "class.png", squares: [{ x: 16, y: 16, colour: "green" }], objects: [[1, 16, 16, 16, 16]] },
  { file: "place.png", squares: [{ x: 16, y: 16, colour: "red" }], objects: [[1, 26, 16, 16, 16]] },
  {
    file: "ground.png",
    squares: [
      { x: 48, y: 0, colour: "red" },
      { x: 0, y: 48, colour: "green" },
    ],
    objects: [[2, 0, 48, 16, 16]],
  },
  {
    file: "missed.png",
    squares: [{ x: 0, y: 0, colour: "green" }],
    objects: [
      [2, 0, 0, 16, 16],
      [1, 40, 40, 16, 16],
      [1, 0, 32, 16, 16, 1],
    ],
  },
];

/** COCO annotations of pictures. */
export function cocoOf(pictures: readonly CocoPicture[], classes: readonly string[] = squareClasses): string {
  const annotations = pictures.flatMap(({ objects }, image) =>
    objects.map(([category, x, y, width, height, iscrowd = 0]) => {
      return { image_id: image + 1, category_id: category, bbox: [x, y, width, height], area: width * height, iscrowd };
    }),
  );
  return JSON.stringify({
    images: pictures.map(({ file }, i) => ({ id: i + 1, file_name: file })),
    categories: classes.map((name, i) => ({ id: i + 1, name })),
    annotations: annotations.map((each, i) => ({ id: i + 1, ...each })),
  });
}

/** Writes pictures with their annotations, `data/instances.json` and `data/images/…`, and the detector `squares.onnx`. */
export async function writeSquares(folder: string, pictures: readonly CocoPicture[] = errorPictures): Promise<void> {
  const put = (name: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  };
  for (const { file, squares: list } of pictures) put(`data/images/${file}`, await encodePicture(squares(list), "png"));
  put("data/instances.json", cocoOf(pictures));
  put("squares.onnx", squareDetector());
}
