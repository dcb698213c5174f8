/** @file Photos inside a graph: what the nodes compute is what the library computes outside of it. */

import { describe, expect, it } from "vitest";
import { random } from "../../../src/foundation/random.js";
import { preparePicture } from "../../../src/image/input/input.js";
import { appendPhotos, appendPlacedMaps } from "../../../src/image/input/photo.js";
import { openPreprocessor, seenBox } from "../../../src/image/input/preprocess.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { floatMap } from "../../../src/image/map/heatmap.js";
import { createPicture } from "../../../src/image/picture/picture.js";
import { placeMap } from "../../../src/image/picture/resize.js";
import { Builder } from "../../../src/onnx/builder.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { floats, Tensor } from "../../../src/onnx/tensor.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";
import { largestDifference } from "../fixture.js";

/** Photos and maps to input and placed maps. */
function photoGraph(preprocessing: Preprocessing): Graph {
  const op = new Builder();
  const photos = op.input("photos", "uint8", ["N", "H", "W", 3]);
  const maps = op.input("maps", "float32", ["N", 2, "h", "w"]);
  op.output(appendPhotos(op, photos, preprocessing), "input");
  op.output(appendPlacedMaps(op, maps, op.Shape(photos, { start: 1, end: 3 }), preprocessing), "placed");
  return op.graph;
}

/** Two photos of one size; the second one is light. */
function photosOf(width: number, height: number): Tensor {
  const source = random(width * 1000 + height);
  const one = width * height * 3;
  const pixels = Uint8Array.from(
    { length: 2 * one },
    (_, i) => source.uniform() * (i < one ? 150 : 250) + (i < one ? 0 : 5),
  );
  return new Tensor("uint8", [2, height, width, 3], pixels);
}

const colour = {
  width: 12,
  height: 10,
  channels: 3,
  scale: 1 / 255,
  mean: [0.4, 0.5, 0.6],
  std: [0.2, 0.3, 0.4],
} as const;
const grey = { ...colour, channels: 1, mean: [0.1], std: [0.5] } as const;
const kinds: readonly [string, Preprocessing][] = [
  ["stretched", colour],
  ["stretched by cubic interpolation", { ...colour, resample: "cubic" }],
  ["cropped", { ...colour, fit: "crop" }],
  ["cropped, cubic, blue first", { ...colour, fit: "crop", resample: "cubic", order: "bgr" }],
  ["cropped to the edges", { ...colour, fit: "crop", cropFraction: 1 }],
  ["in a letterbox", { ...colour, fit: "letterbox" }],
  ["in a cubic letterbox, channels last", { ...colour, fit: "letterbox", resample: "cubic", layout: "nhwc" }],
  ["grey", grey],
  ["grey on a dark ground", { ...grey, ground: "dark" }],
  ["grey on a dark ground, cropped", { ...grey, ground: "dark", fit: "crop", cropFraction: 0.8 }],
];
const sizes = [
  ...[12, 10, 40, 30, 30, 41, 97, 13, 13, 96, 333, 250, 7, 5, 1, 9, 9, 1, 2, 2],
  ...[57, 57, 171, 114, 64, 48, 25, 200],
];
const pairs = Array.from({ length: sizes.length / 2 }, (_, i) => [sizes[2 * i], sizes[2 * i + 1]] as [number, number]);

describe.each(kinds.map(([name, each], place) => [name, each, place] as const))(
  "photos %s",
  (_, preprocessing, place) => {
    it("become the input that preparePicture makes, and maps lie where placeMap lays them", async () => {
      const session = await runtime.open(photoGraph(preprocessing));
      const preprocessor = await openPreprocessor(preprocessing, runtime);
      const maps = randomTensor([2, 2, 3, 4], "maps", { interval: [0, 1] });
      for (const [width, height] of share(pairs, 3, place)) {
        const photos = photosOf(width, height);
        const { input, placed } = (await session.run({ photos, maps })) as { input: Tensor; placed: Tensor };
        expect(placed.dims).toEqual([2, 2, height, width]);
        for (const n of [0, 1]) {
          const pixels = (photos.data as Uint8Array).slice(n * width * height * 3, (n + 1) * width * height * 3);
          const expected = (await preparePicture(createPicture(width, height, 3, pixels), preprocessing, preprocessor))
            .input;
          const size = expected.size;
          const own = floats(input).subarray(n * size, (n + 1) * size);
          expect([width, height, n, largestDifference(own, floats(expected))]).toEqual([
            width,
            height,
            n,
            expect.closeTo(0, 5),
          ]);
          for (const k of [0, 1]) {
            const map = floatMap(4, 3, floats(maps).slice(12 * (2 * n + k), 12 * (2 * n + k + 1)));
            const there = placeMap(map, seenBox(preprocessing, width, height), width, height).values;
            const here = floats(placed).subarray((2 * n + k) * width * height, (2 * n + k + 1) * width * height);
            expect([width, height, n, k, largestDifference(here, there)]).toEqual([
              width,
              height,
              n,
              k,
              expect.closeTo(0, 4),
            ]);
          }
        }
      }
      await session.close();
      await preprocessor.close();
    });
  },
);

it("resampling gives the same numbers in every opset", async () => {
  const photos = photosOf(97, 61);
  const maps = randomTensor([2, 2, 3, 4], "maps", { interval: [0, 1] });
  for (const resample of ["linear", "cubic"] as const) {
    const results = [];
    for (const opset of share([18, 19, 21, 23], 3)) {
      const graph = photoGraph({ ...colour, fit: "crop", resample });
      graph.opsets.set("", opset);
      const session = await runtime.open(graph);
      results.push(floats((await session.run({ photos, maps })).input as Tensor));
      await session.close();
    }
    for (const result of results) expect(result).toEqual(results[0]);
  }
});
