/** @file `checkModel` refuses models whose gradients are wrong, by rules that are wrong as people get them wrong. */

import { afterEach, describe, expect, it } from "vitest";
import type { RuleTable } from "../../../src/autodiff/rule.js";
import { rules } from "../../../src/autodiff/rules/index.js";
import { checkModel } from "../../../src/explain/prove/check-model.js";
import { FoveaError } from "../../../src/foundation/error.js";
import { explainableLayers } from "../../../src/model/layers/find-layers.js";
import { openModel } from "../../../src/model/open.js";
import type { Graph } from "../../../src/onnx/graph.js";
import { writeModel } from "../../../src/onnx/write.js";
import { wrongRules } from "../../autodiff/wrong-rules.js";
import { runtime } from "../../support/runtime.js";
import { share } from "../../support/share.js";
import { convolutional } from "../architectures/convolutional.js";
import { type Architecture, Net } from "../architectures/net.js";
import { convNet } from "../architectures/networks.js";
import { transformers } from "../architectures/transformers.js";

const table = rules as { -readonly [Operator in keyof RuleTable]: RuleTable[Operator] };
const right = { ...rules };
afterEach(() => {
  Object.assign(table, right);
});

const built = (list: readonly Architecture[], name: string) => () =>
  (list.find((each) => each.name.startsWith(name)) as Architecture).build({});

/** A feature map under many simple functions. */
function mixture(): Graph {
  const net = new Net();
  const { op } = net;
  const x = net.conv(net.picture(8, 8), 3, 4);
  const y = op.LeakyRelu(op.Clip(x, op.scalar(-0.5)), { alpha: { type: "float", value: 0.3 } });
  const z = op.Tanh(op.Sub(op.Exp(op.Neg(y)), op.Sqrt(op.Add(op.Mul(y, x), op.scalar(9)))));
  return net.finish(net.gemm(op.ReduceSum(z, op.ints([2, 3]), { keepdims: 0 }), 4));
}

/** Networks, the operator whose last feature map is checked, and the wrong rules that stand behind it. */
const checks: readonly [name: string, graph: () => Graph, layer: string, wrong: readonly string[]][] = [
  [
    "EfficientNet",
    built(convolutional, "EfficientNet"),
    "Conv",
    ["Sigmoid without the factor 1 - y", "Mul with the factors exchanged", "GlobalAveragePool that sums"],
  ],
  [
    "two convolutions with a way around",
    () => convNet({ skip: true }),
    "stem",
    [
      "Relu that lets everything pass",
      "Relu that lets nothing pass",
      "Conv with a kernel that is not flipped",
      "Conv with weights that are not transposed",
    ],
  ],
  [
    "a mixture of functions",
    mixture,
    "Conv",
    [
      "LeakyRelu that forgets its slope",
      "Clip that lets everything pass",
      "Sub with two equal signs",
      "Exp with the derivative one",
      "Sqrt without the factor one half",
      "Neg that gives NaN",
      "Tanh with y in the place of its square",
      "ReduceSum that averages",
    ],
  ],
  [
    "a vision transformer",
    built(transformers, "ViT of an old opset"),
    "Conv",
    ["Softmax as if the classes were independent", "MatMul without a transposition", "Div without the square"],
  ],
  ["gMLP", built(transformers, "gMLP"), "Conv", ["ReduceMean that sums"]],
  ["DenseNet", built(convolutional, "DenseNet"), "Conv", ["Concat with the parts exchanged"]],
];

describe.each(share(checks, 2))("checkModel of %s", (_, graph, wanted, wrong) => {
  const check = async () => {
    const source = writeModel(graph());
    const model = await openModel(source, runtime);
    const layers = explainableLayers(model);
    const layer = (layers.find(({ name }) => name === wanted) ?? layers.findLast(({ op }) => op === wanted))?.name;
    return checkModel(model, { runtime, source, layer: layer as string });
  };

  it("passes with the right rules", async () => {
    expect(await check()).toMatchObject({ passed: true, scores: { passed: true }, gradient: { passed: true } });
  });

  it.each(share(wrong, 3))("fails with %s", async (name) => {
    const { op, rule } = wrongRules[name] as (typeof wrongRules)[string];
    table[op] = rule;
    const outcome = await check().catch((error: unknown) => error);
    // A gradient of the wrong shape is refused by the runtime already.
    if (outcome instanceof FoveaError) expect(outcome.code).toMatch(/bad-graph|shape-mismatch/);
    else expect(outcome).toMatchObject({ passed: false, scores: { passed: true }, gradient: { passed: false } });
  });
});
