/** @file Networks that TensorFlow.js itself built and saved, in the manner of Keras' applications, against its own outputs. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { graphAt } from "../../../src/formats/node.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { relativeDifference } from "../../support/goldens/goldens.js";
import { runtime } from "../../support/runtime.js";

const fixtures = fileURLToPath(new URL("../../fixtures/tfjs", import.meta.url));

it.each(["vgg16", "xception", "mobilenet_v2", "inception_v3", "resnet_v2", "nasnet"])(
  "%s gives TensorFlow.js' scores",
  async (name) => {
    const graph = (await graphAt(join(fixtures, name, "model.json"))) as Graph;
    const outputs: number[] = JSON.parse(readFileSync(join(fixtures, name, "outputs.json"), "utf8"));
    const dims = [2, 27, 22, 3];
    const pixels = Float32Array.from({ length: 2 * 27 * 22 * 3 }, (_, i) => Math.sin(i / 7) + Math.cos(i / 91));
    const session = await runtime.open(graph, {});
    const [{ name: input = "" } = {}] = graph.inputs;
    const results = await session.run({ [input]: float32(dims, pixels) });
    await session.close();
    const [scores] = Object.values(results);
    expect(relativeDifference(scores as Tensor, float32([2, 5], outputs))).toBeLessThan(1e-5);
  },
);
