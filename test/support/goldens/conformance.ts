/** @file How far our numbers are from PyTorch's for every reference case, exporter, layer and class, and the table of it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Explanation } from "../../../src/explain/explanation.js";
import { displayMapOf } from "../../../src/explain/maps.js";
import { openModel } from "../../../src/model/open.js";
import type { Value } from "../../../src/onnx/graph.js";
import { readModel } from "../../../src/onnx/read/read.js";
import { float32, type Tensor } from "../../../src/onnx/tensor.js";
import { runtime } from "../runtime.js";
import { type GoldenCase, type GoldenLayer, relativeDifference } from "./goldens.js";
import { layerGradients } from "./layer-gradients.js";

/** The largest permitted difference, relative to the array's maximum. */
export const bar = 1e-4;

/** What is compared: the columns of the table. */
export const quantities = ["logits", "activations", "gradient", "raw map", "display map", "input gradient"] as const;

/** One case as one exporter wrote it, at one layer. */
export interface Comparison {
  readonly golden: GoldenCase;
  readonly file: string;
  readonly layer: GoldenLayer;
}

export interface Conformance extends Comparison {
  /** The worst relative difference over classes, images and both ways of running. */
  readonly errors: Readonly<Record<(typeof quantities)[number], number>>;
  /** How many arrays were compared, and how many numbers they hold together. */
  readonly arrays: number;
  readonly numbers: number;
}

export function comparisons(goldens: readonly GoldenCase[]): Comparison[] {
  return goldens.flatMap((golden) =>
    golden.models.flatMap((file) => golden.layers.map((layer) => ({ golden, file, layer }))),
  );
}

export function exporterOf(file: string): string {
  return file === "model.onnx" ? "TorchScript" : "torch.export";
}

/** Computes and compares everything at one layer. */
export async function conformanceOf({ golden, file, layer }: Comparison): Promise<Conformance> {
  const errors = Object.fromEntries(quantities.map((name) => [name, 0])) as Record<(typeof quantities)[number], number>;
  let [arrays, numbers] = [0, 0];
  const compare = (name: (typeof quantities)[number], actual: Tensor, expected: Tensor) => {
    const error = relativeDifference(actual, expected);
    if (!(error <= errors[name])) errors[name] = error;
    arrays += 1;
    numbers += expected.size;
  };
  const model = await openModel(readModel(readFileSync(join(golden.folder, file))), runtime);
  const value = layer.values[file] as Value;
  const explainer = await createExplainer(model, { runtime, layer: value });
  try {
    for (const [slot, classes] of golden.classes.entries()) {
      const gradientAt = (name: Value, optimize: boolean) =>
        layerGradients(model.graph, name, golden.input, classes, { optimize });
      for (const optimize of [true, false]) {
        const { activation, gradient } = await gradientAt(value, optimize);
        compare("activations", activation, layer.activations);
        compare("gradient", gradient, layer.gradients[slot] as Tensor);
      }
      const atInput = golden.inputGradients[slot];
      if (atInput) {
        const ways = [await gradientAt(model.input.name, true), await gradientAt(model.input.name, false)] as const;
        compare("input gradient", nearer(atInput, ways[0].gradient, ways[1].gradient), atInput);
      }
      const explanation = await explainer.explain(golden.input, { labels: classes });
      compare("logits", explanation.scores, golden.logits);
      compare("raw map", explanation.evidence, layer.maps[slot] as Tensor);
      const shown = layer.displayMaps[slot] as Tensor;
      compare("display map", stretchedDisplayMaps(explanation, shown.dims), shown);
    }
  } finally {
    await explainer.close();
  }
  return { golden, file, layer, errors, arrays, numbers };
}

/** Below many ReLUs the rounding of either way may switch one that stands on its knife edge. */
function nearer(expected: Tensor, a: Tensor, b: Tensor): Tensor {
  return relativeDifference(a, expected) <= relativeDifference(b, expected) ? a : b;
}

/** Our display maps on pytorch-grad-cam's scale, which moves the smallest value to 0 and the largest to 1: ours never shift. */
function stretchedDisplayMaps(explanation: Explanation, [count = 0, height = 0, width = 0]: readonly number[]): Tensor {
  const all = new Float32Array(count * height * width);
  for (let i = 0; i < count; i++) {
    const { values } = displayMapOf(explanation, i, 0, { width, height });
    const [least, most] = [Math.min(...values), Math.max(...values)];
    all.set(
      values.map((value) => (value - least) / (1e-7 + most - least)),
      i * height * width,
    );
  }
  return float32([count, height, width], all);
}

/** Case, exporter and layer of each row of a table that `conformanceTable` wrote. */
export function rowsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^\| (\w+) \| (\S+) \| `([^`]+)` \|/gm)].map(([, ...cells]) => cells.join(" "));
}

export function rowOf({ golden, file, layer }: Comparison): string {
  return [golden.name, exporterOf(file), layer.name].join(" ");
}

/** The page `docs/conformance.md`. */
export function conformancePage(results: readonly Conformance[], runtimeName: string): string {
  const total = (count: (result: Conformance) => number) => results.reduce((sum, result) => sum + count(result), 0);
  const worst = Math.max(...results.flatMap(({ errors }) => Object.values(errors)));
  const failed = results.filter(({ errors }) => Object.values(errors).some((error) => !(error <= bar)));
  const { torch, timm, torchvision, pytorch_grad_cam: reference } = results[0]?.golden.versions ?? {};
  const shown = (error: number) => (error === 0 ? "0" : `${error.toExponential(1)}${error <= bar ? "" : " **fails**"}`);
  const lines = results.map(({ errors, ...of }) => {
    const [name, exporter, layer] = rowOf(of).split(" ");
    return `| ${[name, exporter, `\`${layer}\``, ...quantities.map((each) => shown(errors[each]))].join(" | ")} |`;
  });
  return `# Conformance with PyTorch

Written by \`npm run conformance\`; \`npm run test:real\` asserts the same comparisons.

Each row is a network with seeded weights, the exporter of PyTorch that wrote its ONNX file, and a layer. The numbers are the worst differences from PyTorch ${torch} (timm ${timm}, torchvision ${torchvision}, pytorch-grad-cam ${reference}) on ${runtimeName}, over two classes and both images of a batch, relative to the largest magnitude in the array. The bar is ${bar.toExponential(0)} for every number.

${failed.length === 0 ? "**All pass**" : `**${failed.length} of ${results.length} rows fail**`}: the worst of ${total(({ arrays }) => arrays).toLocaleString("en")} comparisons, ${total(({ numbers }) => numbers).toLocaleString("en")} numbers, is ${worst.toExponential(1)}.

- *logits*, *raw map* (Grad-CAM before its ReLU) and *display map* come from the explainer as it is shipped. pytorch-grad-cam stretches every displayed map to reach from 0 to 1; Fovea divides by the peak and never shifts. The display map is brought to that scale before it is compared.
- *activations* and *gradient* are the layer's, in its own layout (all tokens of a transformer, the class token too); *input gradient* is that of the class score at the pixels. Each is computed twice, by a session that the runtime may optimise and node by node as the graph stands, and the worse one counts.
- Of the *input gradient* the nearer one counts. Where one of many ReLUs stands on its knife edge, a differently rounded forward pass switches it, and gradients far below the score differ by more than rounding: on some processors SqueezeNet is such a case, by 5.5e-3.

| case | exporter | layer | ${quantities.join(" | ")} |
|---|---|---|${quantities.map(() => "--:").join("|")}|
${lines.join("\n")}
`;
}
