/** @file What methods cost beside plain inference: gradient CAMs at batch 1, methods of pixels, integrated gradients. `npm run bench -- methods` */

import { runtime } from "../src/cli/platform.js";
import { createExplainer } from "../src/explain/explainer.js";
import { random } from "../src/foundation/random.js";
import { paired } from "../src/foundation/timing.js";
import { openModel } from "../src/model/open.js";
import { float32 } from "../src/onnx/tensor.js";
import { shapes } from "./networks.js";

const cams = [
  "grad-cam",
  "grad-cam++",
  "xgrad-cam",
  "hires-cam",
  "layer-cam",
  "eigen-grad-cam",
  "finer-cam",
  "shapley-cam",
];
const pixels = ["gradient", "lrp", "guided-backprop", "guided-grad-cam", "full-grad"];
const steps = 32;
const source = random(1);
const images = (count: number) =>
  float32([count, 3, 224, 224], Float32Array.from({ length: count * 150528 }, source.uniform));

const graph = shapes.resnet18();
const model = await openModel(graph, runtime);
const plain = await runtime.open(graph);
const [one, eight] = [images(1), images(8)];

console.log("method                inference ms  method ms  ratio (quartiles)");
for (const method of [...cams, ...pixels]) {
  const explainer = await createExplainer(model, { runtime, method });
  const timing = await paired(
    () => plain.run({ input: one }),
    () => explainer.explain(one, { classes: [1] }),
    { pairs: 7 },
  );
  print(method, timing);
  await explainer.close();
}

// Beside as many inferences in batches of eight, as the steps run.
const explainer = await createExplainer(model, {
  runtime,
  method: "integrated-gradients",
  samples: steps,
});
const timing = await paired(
  async () => {
    for (let first = 0; first < steps; first += 8) await plain.run({ input: eight });
  },
  () => explainer.explain(one, { classes: [1] }),
  { pairs: 3 },
);
print(`integrated-gradients, ${steps} steps`, timing);
await explainer.close();
await plain.close();

function print(name: string, { first, second, ratio, low, high }: Awaited<ReturnType<typeof paired>>): void {
  const cells = [name.padEnd(21), first.toFixed(1).padStart(12), second.toFixed(1).padStart(10)];
  console.log([...cells, ` ${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`].join(" "));
}
