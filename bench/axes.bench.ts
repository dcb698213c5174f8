/**
 * @file Maps of torchvision's networks for clips beside PyTorch's, at full size with random weights.
 * `python test/reference/axes.py --videos FOLDER`, then `npm run bench -- axes --folder FOLDER`. Ends with 1 where a score or a map
 * differs by more than 1e-4 of the largest.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readNpy } from "../src/data/npy.js";
import { gridMapOf } from "../src/explain/maps.js";
import { loadModel } from "../src/explain/node.js";
import { layerSize } from "../src/model/layers/layer.js";
import { createNodeRuntime } from "../src/runtime/node.js";

const { values: flags } = parseArgs({
  options: { folder: { type: "string", default: "." }, only: { type: "string" } },
});
const runtime = createNodeRuntime({ device: "cpu" });
const tolerance = 1e-4;

interface Expected {
  readonly class: number;
  readonly score: number;
  readonly sizes: readonly number[];
  readonly "grad-cam": readonly number[];
  readonly "hires-cam": readonly number[];
}

/** The largest difference as a share of the expected peak. */
function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const peak = Math.max(...expected.map(Math.abs)) || 1;
  return Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)))) / peak;
}

async function compare(name: string): Promise<boolean> {
  const at = (ending: string) => join(flags.folder, `${name}.${ending}`);
  const expected: Expected = JSON.parse(readFileSync(at("json"), "utf8"));
  const input = readNpy(readFileSync(at("npy")), name);
  const model = await loadModel(at("onnx"), { runtime });
  let passed = true;
  for (const method of ["grad-cam", "hires-cam"] as const) {
    const explainer = await model.explainer({ method, layer: "features" });
    const begun = performance.now();
    const explanation = await explainer.explain(input, { classes: [expected.class] });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const score = Math.abs((explanation.at(0).classes[0]?.score ?? Number.NaN) / expected.score - 1);
    const map = difference(gridMapOf(explanation, 0, 0, { signed: true }).values, expected[method]);
    passed &&= score < tolerance && map < tolerance;
    const size = layerSize(explainer.layer);
    console.log(
      `${name} ${method} at ${size}: score ${score.toExponential(1)}, map ${map.toExponential(1)}, ${seconds} s`,
    );
    await explainer.close();
  }
  const automatic = await model.explainer();
  console.log(`${name} auto: ${automatic.layer.name} (${layerSize(automatic.layer)}), ${automatic.layer.reason}`);
  await automatic.close();
  return passed;
}

const names = readdirSync(flags.folder).flatMap((file) => (file.endsWith(".json") ? [file.slice(0, -5)] : []));
for (const name of names.filter((each) => each === (flags.only ?? each))) {
  if (!existsSync(join(flags.folder, `${name}.onnx`))) continue;
  if (!(await compare(name))) process.exitCode = 1;
}
