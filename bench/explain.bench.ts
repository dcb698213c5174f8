/** @file What an explanation costs: ratio of explaining to plain inference for the same batch. `npm run bench -- explain` */

import { runtime } from "../src/cli/platform.js";
import { createExplainer } from "../src/explain/explainer.js";
import { random } from "../src/foundation/random.js";
import { paired } from "../src/foundation/timing.js";
import { explainableLayers } from "../src/model/layers/find-layers.js";
import { openModel } from "../src/model/open.js";
import { Builder } from "../src/onnx/builder.js";
import { float32 } from "../src/onnx/tensor.js";
import { buildNetwork, networks } from "../src/train/network/networks.js";

const shape = { channels: 1, height: 28, width: 28, classes: 10 };
const source = random(1);

console.log("network   layer                batch  inference ms  explaining ms  ratio (quartiles)");
for (const network of networks) {
  const { graph, logits } = buildNetwork(network, shape, 1, false);
  const op = new Builder(graph);
  op.output(op.Softmax(logits, { axis: 1 }), "probabilities");
  const model = await openModel(graph, runtime);
  const convolutions = explainableLayers(model).filter((layer) => layer.op === "Conv");
  const plain = await runtime.open(graph);
  for (const layer of ["auto", convolutions.at(-1)?.name as string]) {
    const explainer = await createExplainer(model, { runtime, layer });
    for (const batch of [1, 64]) {
      const images = float32([batch, 1, 28, 28], Float32Array.from({ length: batch * 784 }, source.uniform));
      const t = await paired(
        () => plain.run({ images }),
        () => explainer.explain(images),
      );
      const cells = [network.name.padEnd(9), explainer.layer.name.padEnd(20), String(batch).padStart(5)];
      const numbers = [
        t.first.toFixed(2).padStart(13),
        t.second.toFixed(2).padStart(14),
        `  ${t.ratio.toFixed(2)} (${t.low.toFixed(2)} to ${t.high.toFixed(2)})`,
      ];
      console.log([...cells, ...numbers].join(" "));
    }
    await explainer.close();
  }
  await plain.close();
}
