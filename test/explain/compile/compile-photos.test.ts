/** @file Compiled models that take raw photos: the preprocessing inside is the library's, and the map lies where `fovea explain` lays it. */

import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../../src/explain/compile.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import { displayMapOf } from "../../../src/explain/maps.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import { encodePng } from "../../../src/image/node.js";
import { withModelCard } from "../../../src/model/card.js";
import type { Model } from "../../../src/model/model.js";
import { openModel } from "../../../src/model/open.js";
import { createNodePlatform } from "../../../src/model/platform/node.js";
import { readImage } from "../../../src/model/run/read-image.js";
import { Builder } from "../../../src/onnx/builder.js";
import { floats, numbers, Tensor } from "../../../src/onnx/tensor.js";
import { writeModel } from "../../../src/onnx/write.js";
import { largestDifference, stripes } from "../../image/fixture.js";
import { randomTensor } from "../../support/models/random-tensor.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";

/** A convolution with stride 2, a pool and a linear layer; the input has open sizes where `open`. */
async function photoNet(parts: Partial<Preprocessing>, open: boolean, batch = "N"): Promise<Model> {
  const preprocessing: Preprocessing = {
    ...{ width: 20, height: 24, channels: 3, scale: 1 / 255, mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] },
    ...parts,
  };
  const { channels, layout } = preprocessing;
  const [height, width] = open ? ["H", "W"] : [24, 20];
  const op = new Builder();
  const last = layout === "nhwc";
  const x = op.input("x", "float32", last ? [batch, height, width, channels] : [batch, channels, height, width]);
  const planes = last ? op.Transpose(x, { perm: [0, 3, 1, 2] }) : x;
  const maps = op.Relu(op.Conv(planes, op.constant(randomTensor([4, channels, 3, 3], "w")), { strides: [2, 2] }));
  op.output(
    op.Gemm(op.Flatten(op.GlobalAveragePool(maps)), op.constant(randomTensor([4, 3], "head", { interval: [0, 1] }))),
    "y",
  );
  return openModel(withModelCard(op.graph, { preprocessing }), runtime);
}

const grey = { channels: 1, mean: [0.1], std: [0.5] } as const;
const kinds: [string, Partial<Preprocessing>][] = [
  ["stretched", {}],
  ["cropped, blue first", { fit: "crop", order: "bgr" }],
  ["in a letterbox, cubic", { fit: "letterbox", resample: "cubic" }],
  ["channels last", { fit: "crop", layout: "nhwc" }],
  ["grey", grey],
  ["grey on a dark ground", { ...grey, ground: "dark", fit: "crop" }],
];
const sizes = [
  [20, 24],
  [90, 61],
  [33, 140],
] as const;

describe.each(kinds.map(([name, parts], place) => [name, parts, place] as const))("photos %s", (_, parts, place) => {
  it.each(share(sizes, 3, place))("of %i x %i", async (width, height) => {
    const open = width === 90;
    const model = await photoNet(parts, open);
    const session = await runtime.open(writeModel(compileExplanation(model, { image: true, classes: 2 })));
    expect(session.inputs.map(({ name, type }) => [name, type])).toEqual([["image", "uint8"]]);
    const pictures = [
      stripes(width, height),
      { ...stripes(width, height), pixels: stripes(width, height).pixels.map((p, i) => 120 + ((p * i) % 136)) },
    ];
    const image = new Tensor(
      "uint8",
      [2, height, width, 3],
      Uint8Array.from(pictures.flatMap(({ pixels }) => [...pixels])),
    );
    const { y, heatmap, heatmap_classes } = (await session.run({ image })) as Record<string, Tensor>;
    await session.close();
    expect(heatmap?.dims).toEqual([2, 2, height, width]);
    const explainer = await createExplainer(model, { runtime });
    for (const [i, picture] of pictures.entries()) {
      const { input, box } = await readImage(model, await encodePng(picture), createNodePlatform({ runtime }));
      const classes = numbers(heatmap_classes as Tensor).slice(2 * i, 2 * i + 2);
      const explanation = await explainer.explain(input, { classes });
      expect(
        largestDifference(floats(y as Tensor).subarray(3 * i, 3 * i + 3), floats(explanation.scores)),
      ).toBeLessThan(1e-4);
      for (const k of [0, 1]) {
        const at = (2 * i + k) * width * height;
        const map = floats(heatmap as Tensor).subarray(at, at + width * height);
        const expected = displayMapOf(explanation, 0, k, { width, height, box }).values;
        expect(Math.max(...expected)).toBeGreaterThan(0.2);
        expect(largestDifference(map, expected)).toBeLessThan(1e-4);
      }
    }
  });
});

it("keeps the photo's sizes apart from those of the network", async () => {
  const { inputs, outputs } = compileExplanation(await photoNet({}, true, "H"), { image: true });
  expect(inputs).toEqual([{ name: "image", type: "uint8", dims: ["H", "image_H", "W", 3] }]);
  expect(outputs[1]).toEqual({ name: "heatmap", type: "float32", dims: ["H", 1, "image_H", "W"] });
});
