/** @file Eigen-CAM against pytorch-grad-cam's, up to the sign that the decomposition leaves open. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readNpy } from "../../src/data/index.js";
import { createExplainer, openModel } from "../../src/explain/index.js";
import { float32, floats, readModel, type Value } from "../../src/onnx/index.js";
import { nodeRuntime } from "../../src/runtime/node.js";
import { comparisons } from "../support/conformance.js";
import { goldenCases, relativeDifference } from "../support/goldens.js";

const folder = process.env.FOVEA_GOLDENS;
const cases = folder ? comparisons(goldenCases(folder)) : [];
const expectedAt = ({ golden, layer }: (typeof cases)[number]) =>
  join(golden.folder, layer.name, "c0", "eigencam.prerelu.npy");

/** The largest difference over the images, each with the sign that suits it. */
async function worstError({ golden, file, layer }: (typeof cases)[number]): Promise<number> {
  const model = await openModel(readModel(readFileSync(join(golden.folder, file))), nodeRuntime);
  const where = { runtime: nodeRuntime, layer: layer.values[file] as Value, method: "eigen-cam" };
  const { evidence } = await (await createExplainer(model, where)).explain(golden.input);
  const path = expectedAt({ golden, file, layer });
  const [ours, theirs] = [floats(evidence), floats(readNpy(readFileSync(path), path))];
  const count = golden.input.dims[0] as number;
  const size = ours.length / count;
  const errors = Array.from({ length: count }, (_, i) => {
    const [a, b] = [ours, theirs].map((all) => all.subarray(i * size, (i + 1) * size)) as [Float32Array, Float32Array];
    const sign = Math.sign(a.reduce((sum, value, p) => sum + value * (b[p] as number), 0));
    return relativeDifference(
      float32([size], a),
      float32(
        [size],
        b.map((value) => sign * value),
      ),
    );
  });
  return Math.max(...errors);
}

describe("Eigen-CAM", () => {
  it.skipIf(!folder)("equals the reference cases' (needs FOVEA_GOLDENS)", { timeout: 60_000 }, async () => {
    const there = cases.filter((each) => existsSync(expectedAt(each)));
    expect(there.length).toBeGreaterThan(20);
    for (const each of there) {
      const name = [each.golden.name, each.file, each.layer.name].join(" ");
      expect.soft(await worstError(each), name).toBeLessThan(1e-4);
    }
  });
});
