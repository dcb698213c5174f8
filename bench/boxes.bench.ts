/**
 * @file What the maps of boxes cost, as ratios to one inference of the same detector: `npm run bench -- boxes [--side 640] [--model FILE]`. Both
 * are measured in turns in one run; the image is noise, and the boxes are the surest.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runtime } from "../src/cli/platform.js";
import { createBoxExplainer } from "../src/explain/boxes/box-explainer.js";
import { loadModel } from "../src/explain/node.js";
import { noiseImages } from "../src/explain/prove/noise.js";
import { at } from "../src/foundation/present.js";
import { paired } from "../src/foundation/timing.js";
import { writeModel } from "../src/onnx/write.js";
import { smallDetector } from "./detector-network.js";

const { values: flags } = parseArgs({
  options: { side: { type: "string", default: "640" }, model: { type: "string" } },
});
const folder = mkdtempSync(join(tmpdir(), "fovea-boxes-"));
const path = flags.model ?? join(folder, "detector.onnx");
if (flags.model === undefined) writeFileSync(path, writeModel(smallDetector(Number(flags.side))));
try {
  const model = await loadModel(path, { runtime });
  const image = noiseImages(model, { seed: 1, batch: 1 });
  const session = await runtime.open(model.graph);
  const infer = async () => void (await session.run({ [model.input.name]: image }));
  const detector = createBoxExplainer(model);
  const found = await detector.detect(image, { confidence: 0.001, overlap: 1 });
  await detector.close();
  const boxes = [...found].slice(0, 10);
  console.log(`${found.length} boxes, rows ${boxes.map(({ row }) => row).join(" ")}`);
  console.log("maps                          inference ms  with maps ms  ratio");
  const level = createBoxExplainer(model);
  const [first] = await level.explain(image, boxes.slice(0, 1));
  const head = at(first?.layers ?? [], (first?.layers.length ?? 1) - 1).name;
  const ofLevel = boxes.filter(({ row }) => Math.abs(row - (boxes[0]?.row ?? 0)) < 400);
  for (const [name, options, most] of [
    ["at the level's own map", { layer: head }, ofLevel],
    ["fused with the backbone's", {}, boxes],
  ] as const) {
    const explainer = createBoxExplainer(model, options);
    for (const count of [1, Math.min(10, most.length)]) {
      const some = most.slice(0, count);
      const explain = async () => void (await explainer.explain(image, some));
      const timing = await paired(infer, explain, { pairs: 7 });
      console.log(
        `${`${name}, ${count}`.padEnd(30)} ${timing.first.toFixed(1).padStart(12)}  ${timing.second.toFixed(1).padStart(12)}  ${timing.ratio.toFixed(2)}`,
      );
    }
    await explainer.close();
  }
  await level.close();
  await session.close();
} finally {
  rmSync(folder, { recursive: true });
}
