/** @file Compiled models give the library's maps, from arrays and from raw pictures. */

import { describe, expect, it } from "vitest";
import { compileExplanation, createExplainer, displayMapOf, openModel } from "../../src/explain/index.js";
import { createPicture, openPreprocessor, preparePicture } from "../../src/image/index.js";
import {
  Builder,
  floats,
  type Graph,
  numbers,
  type Preprocessing,
  Tensor,
  withModelCard,
  writeModel,
} from "../../src/onnx/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { randomTensor } from "../support/random-tensor.js";
import { convNet, images } from "./networks.js";

const runFile = async (graph: Graph, feeds: Readonly<Record<string, Tensor>>) => {
  const session = await nodeRuntime.open(writeModel(graph));
  return session.run(feeds);
};

/** The library's display maps of the top classes, [k][h·w], for image i. */
async function expectedMaps(
  graph: Graph,
  input: Tensor,
  i: number,
  classes: readonly number[],
  size: [number, number],
) {
  const explainer = await createExplainer(await openModel(graph, nodeRuntime), { runtime: nodeRuntime });
  const explanation = await explainer.explain(input, { classes });
  return classes.map((_, k) => displayMapOf(explanation, i, k, { width: size[1], height: size[0] }).values);
}

describe("compileExplanation", () => {
  it("gives the file's own outputs and the maps of the top classes", async () => {
    const graph = convNet({ ending: "Softmax" });
    const compiled = compileExplanation(await openModel(graph, nodeRuntime), { classes: 3 });
    expect(compiled.nodes.every(({ domain }) => domain === "")).toBe(true);
    expect(compiled.outputs.map(({ name, type, dims }) => [name, type, dims?.slice(1)])).toEqual([
      ["y", "float32", [4]],
      ["heatmap", "float32", [3, 6, 6]],
      ["heatmap_classes", "int64", [3]],
    ]);
    const x = images(2);
    const { y, heatmap, heatmap_classes: top } = await runFile(compiled, { x });
    const plain = await runFile(graph, { x });
    expect([...floats(y as Tensor)]).toEqual([...floats(plain.y as Tensor)]);
    expect(heatmap?.dims).toEqual([2, 3, 6, 6]);
    for (const i of [0, 1]) {
      const row = floats(y as Tensor).subarray(4 * i, 4 * i + 4);
      const classes = numbers(top as Tensor).slice(3 * i, 3 * i + 3);
      expect(classes).toEqual([0, 1, 2, 3].sort((a, b) => (row[b] as number) - (row[a] as number)).slice(0, 3));
      const maps = await expectedMaps(graph, x, i, classes, [6, 6]);
      maps.forEach((map, k) =>
        map.forEach((value, p) => expect(floats(heatmap as Tensor)[(i * 3 + k) * 36 + p]).toBeCloseTo(value, 5)),
      );
    }
  });

  const nets: [string, Partial<Preprocessing>, number][] = [
    ["colour pictures, cropped", { fit: "crop", order: "bgr" }, 3],
    ["drawings on a dark ground", { channels: 1, mean: [0.1], std: [0.5], ground: "dark" }, 1],
  ];
  it.each(nets)("takes raw pictures: %s", async (_, parts, channels) => {
    const op = new Builder();
    const x = op.input("x", "float32", ["N", channels, 12, 10]);
    const weights = op.constant(randomTensor([4, channels, 3, 3], "w"));
    const maps = op.Relu(op.Conv(x, weights, { strides: [2, 2] }));
    op.output(op.Gemm(op.Flatten(op.GlobalAveragePool(maps)), op.constant(randomTensor([4, 3], "head"))), "y");
    const preprocessing: Preprocessing = {
      ...{ width: 10, height: 12, channels: 3, scale: 1 / 255, mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] },
      ...parts,
    };
    const graph = withModelCard(op.graph, { preprocessing });
    const compiled = compileExplanation(await openModel(graph, nodeRuntime), { image: true });
    expect(compiled.inputs).toEqual([{ name: "image", type: "uint8", dims: ["N", "H", "W", 3] }]);
    const pixels = Uint8Array.from({ length: 30 * 40 * 3 }, (__, i) => 100 + ((i * 7919) % 156));
    const {
      y,
      heatmap,
      heatmap_classes: top,
    } = await runFile(compiled, {
      image: new Tensor("uint8", [1, 40, 30, 3], pixels),
    });
    const picture = createPicture(30, 40, 3, pixels);
    const { input } = await preparePicture(picture, preprocessing, await openPreprocessor(preprocessing, nodeRuntime));
    const plain = floats((await runFile(graph, { x: input })).y as Tensor);
    plain.forEach((value, i) => expect(floats(y as Tensor)[i]).toBeCloseTo(value, 3));
    const [map] = await expectedMaps(graph, input, 0, numbers(top as Tensor), [12, 10]);
    map?.forEach((value, p) => expect(floats(heatmap as Tensor)[p]).toBeCloseTo(value, 2));
  });

  it("refuses a number of classes that is none", async () => {
    const model = await openModel(convNet(), nodeRuntime);
    expect(() => compileExplanation(model, { classes: 5 })).toThrow(
      "classes: expected a whole number from 1 to 4, got 5",
    );
  });
});
