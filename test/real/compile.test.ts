/** @file Real models and the reference cases, compiled: sound files that give the library's maps. FOVEA_MODELS and FOVEA_GOLDENS name the folders. */

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileExplanation } from "../../src/explain/compile.js";
import { displayMapOf } from "../../src/explain/maps.js";
import { loadModel } from "../../src/explain/node.js";
import { encodePng } from "../../src/image/node.js";
import { photoAxes } from "../../src/model/input/image-axes.js";
import { floats, numbers, Tensor } from "../../src/onnx/tensor.js";
import { writeModel } from "../../src/onnx/write.js";
import { largestDifference, stripes } from "../image/fixture.js";
import { onnxComplaints } from "../support/models/onnx-checker.js";
import { runtime } from "../support/runtime.js";

const roots = [process.env.FOVEA_MODELS, process.env.FOVEA_GOLDENS].filter((root) => root !== undefined && root !== "");
/** Besides a detector, whose output [1, 85, 22, 22] has a score for every place, and files that are no image models. */
const isClassifier = (file: string) => file.endsWith(".onnx") && !/not-a-|no-conv|Det/.test(basename(file));
const files = roots.flatMap((root) =>
  readdirSync(root as string, { recursive: true, encoding: "utf8" })
    .filter(isClassifier)
    .map((file) => [file, join(root as string, file)]),
);

it.skipIf(files.length > 0)("models are at hand", ({ skip }) => skip("FOVEA_MODELS and FOVEA_GOLDENS name no folders"));

describe.each(files)("%s", (_, path) => {
  it("gives the library's maps of a photo", async () => {
    const model = await loadModel(path as string, { runtime });
    expect(photoAxes(model)).toBeDefined();
    const bytes = writeModel(compileExplanation(model, { image: true, classes: 2 }));
    expect(onnxComplaints(bytes)).toEqual([]);
    const session = await runtime.open(bytes);
    const [width, height] = [320, 230];
    const picture = stripes(width, height);
    const results = await session.run({ image: new Tensor("uint8", [1, height, width, 3], picture.pixels) });
    const [heatmap, classes] = [results.heatmap as Tensor, numbers(results.heatmap_classes as Tensor)];
    await session.close();
    const { input, box } = await model.readImage(await encodePng(picture));
    const gradCam = await model.explainer();
    const explanation = await gradCam.explain(input, { classes });
    await gradCam.close();
    for (const k of classes.keys()) {
      const expected = displayMapOf(explanation, 0, k, { width, height, box }).values;
      const map = floats(heatmap).subarray(k * width * height, (k + 1) * width * height);
      expect(largestDifference(map, expected)).toBeLessThan(1e-4);
    }
  });
});
