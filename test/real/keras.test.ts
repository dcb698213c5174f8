/** @file All reference cases of Keras in all their files, and Keras files of published models against their ONNX twins. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { graphAt } from "../../src/formats/node.js";
import { type Graph, runInputs } from "../../src/onnx/graph.js";
import { readModel } from "../../src/onnx/read/read.js";
import { float32, type Tensor } from "../../src/onnx/tensor.js";
import { kerasRowsIn } from "../support/browser/keras-page.js";
import { relativeDifference } from "../support/goldens/goldens.js";
import { kerasCases, kerasErrors, kerasGoldens, toleranceOf } from "../support/models/keras.js";
import { runtime } from "../support/runtime.js";

const root = kerasGoldens();
const cases = root ? kerasCases(root).flatMap((each) => each.files.map((file) => ({ ...each, file }))) : [];

it.skipIf(root)("the reference cases are at hand", ({ skip }) =>
  skip("neither FOVEA_KERAS_GOLDENS nor goldens-keras beside FOVEA_GOLDENS names a folder"),
);

describe.runIf(root)("Keras' numbers for both classes and images", () => {
  it.each(cases.filter(({ refused }) => refused === undefined))("$name/$file", async (each) => {
    const errors = await kerasErrors(each, each.file);
    expect(Math.max(...Object.values(errors))).toBeLessThan(toleranceOf(each));
  });

  it.each(cases.filter(({ refused }) => refused !== undefined))("$name/$file is refused", async (each) => {
    await expect(graphAt(join(each.folder, each.file))).rejects.toThrow(each.refused as string);
  });
});

it.runIf(root)("docs/conformance.md has a row for each file of each case, and none that fails", () => {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  const compared = cases.filter(({ refused }) => refused === undefined);
  expect(kerasRowsIn(page)).toEqual(compared.map(({ name, file }) => `${name}/${file}`));
  expect(page).not.toContain("fails**");
});

const models = process.env.FOVEA_MODELS;
const twins = [
  ["mlperf-tiny/pretrainedResnet.h5", "mlperf-tiny/mlperf-tiny-resnet8-cifar10.onnx"],
  ["mlperf-tiny/vww_96.h5", "mlperf-tiny/mlperf-tiny-vww-mobilenet025-96.onnx"],
  ["tiny-darknet/tfjs/model.json", "tiny-darknet/tiny-darknet.onnx"],
  ["face-classification/fer2013_mini_XCEPTION.102-0.66.hdf5", "face-classification/fer2013-mini-xception.onnx"],
] as const;

/** The first output for one image of waves, the same for both layouts of the input. */
async function outputOf(graph: Graph): Promise<Tensor> {
  const [{ name = "", dims = [] } = {}] = runInputs(graph);
  const sizes = dims.slice(1) as [number, number, number];
  const last = sizes[2] <= 3;
  const [height, width, channels] = last ? sizes : [sizes[1], sizes[2], sizes[0]];
  const pixels = new Float32Array(height * width * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < height * width; i++) {
      const value = Math.sin(i / 7) + Math.cos(i / 91 + c);
      pixels[last ? i * channels + c : c * height * width + i] = value;
    }
  }
  const session = await runtime.open(graph, {});
  const results = await session.run({ [name]: float32([1, ...sizes], pixels) });
  await session.close();
  return results[graph.outputs[0]?.name as string] as Tensor;
}

describe.runIf(models)("a published Keras file gives what its ONNX twin gives", () => {
  it.each(twins)("%s", async (file, twin) => {
    const graph = (await graphAt(join(models as string, file))) as Graph;
    const expected = await outputOf(readModel(readFileSync(join(models as string, twin))));
    const got = await outputOf(graph);
    expect(relativeDifference(got.reshape(expected.dims), expected)).toBeLessThan(1e-4);
  });

  it("doodlenet/model.json opens, with its 345 classes", async () => {
    const output = await outputOf((await graphAt(join(models as string, "doodlenet/model.json"))) as Graph);
    expect(output.dims).toEqual([1, 345]);
  });
});
