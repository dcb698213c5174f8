/**
 * @file Which maps follow the real drop: each place of a layer is set to zero, and what the class score loses is compared with
 * the map: `npm run bench -- real-drop MODEL.onnx mnist|IMAGES [COUNT] [LAYER]`. A dataset's name takes its first test images.
 */

import { environment } from "../src/cli/environment.js";
import { prepareImages } from "../src/cli/inputs/models.js";
import { platform, runtime } from "../src/cli/platform.js";
import { findInputs } from "../src/data/find-inputs.js";
import { datasetNames } from "../src/data/set-names.js";
import { loadDataset } from "../src/data/sets.js";
import { agreementOf, correlationOf } from "../src/explain/faithful/agreement.js";
import { faithfulMethod } from "../src/explain/faithful/faithful-method.js";
import { loadModel } from "../src/explain/node.js";
import { quantile } from "../src/foundation/timing.js";
import { chooseLayer } from "../src/model/layers/choose-layer.js";
import { layerSize } from "../src/model/layers/layer.js";
import { floats, type Tensor } from "../src/onnx/tensor.js";
import { realDrops } from "../test/support/models/real-drop.js";

const methods = ["grad-cam", "grad-cam++", "xgrad-cam", "layer-cam", "hires-cam"];
const [path = "", data = "mnist", most = "60", layerName = "auto"] = process.argv.slice(2);
const model = await loadModel(path, { platform });
const layer = chooseLayer(model, layerName);
const classifier = model.classifier();
const drops = await realDrops(model, layer, runtime);

async function images(count: number): Promise<Tensor[]> {
  const name = datasetNames.find((each) => each === data);
  if (name === undefined) {
    const { inputs } = await findInputs([data]);
    return Promise.all(inputs.slice(0, count).map(async (each) => (await model.readImage(each.path)).input));
  }
  const { test } = await loadDataset(name, { directory: environment().dataFolder });
  return Promise.all(
    Array.from({ length: Math.min(count, test.count) }, (_, i) => prepareImages({ model }, test, i, 1)),
  );
}

/** Each image with its predicted class, and what each place is worth to that. */
const trials: { image: Tensor; target: number; drop: Float32Array }[] = [];
for (const image of await images(Number(most))) {
  const row = floats(await classifier.classify(image));
  const target = row.indexOf(Math.max(...row));
  trials.push({ image, target, drop: await drops.of(image, target) });
}
await drops.close();

const spread = (values: readonly (number | undefined)[]) => {
  const known = values.filter((value) => value !== undefined);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return `${mean.toFixed(3)} (${quantile(known, 0.25).toFixed(3)} to ${quantile(known, 0.75).toFixed(3)})`;
};
console.log(
  `${path}, layer ${layer.name} (${layerSize(layer)}), ${trials.length} images of ${data}, the predicted class`,
);
console.log(`the map to act on: ${faithfulMethod(model, layer)}`);
console.log("method       correlation with the drop   map on places without one   agreement with the exact map");
for (const method of methods) {
  const explainer = await model.explainer({ method, layer: layer.name });
  const rows = [];
  for (const { image, target, drop } of trials) {
    const explanation = await explainer.explain(image, { classes: [target] });
    const evidence = floats(explanation.evidence);
    const agreement = explanation.at(0).agreement();
    rows.push({ r: correlationOf(evidence, drop), beside: agreementOf(evidence, drop)?.misplaced, agreement });
  }
  const told = rows.some(({ agreement }) => agreement !== undefined);
  const agreements = told
    ? `${spread(rows.map(({ agreement }) => agreement?.correlation))}, beside ${spread(rows.map(({ agreement }) => agreement?.misplaced))}`
    : "none needed";
  const columns = [spread(rows.map(({ r }) => r)), spread(rows.map(({ beside }) => beside))];
  console.log([method.padEnd(12), ...columns.map((text) => text.padEnd(27)), agreements].join(" "));
  await explainer.close();
}
await classifier.close();
