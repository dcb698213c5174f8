/** @file Tells whether a normalisation stands behind a layer. */

import { readsOf } from "../../../onnx/graph.js";
import { ancestors, descendants } from "../../../onnx/prune.js";
import type { Model } from "../../model.js";
import type { Layer } from "../layer.js";

/** Linear in one of their inputs: what divides or multiplies by what depends on the layer may normalise. */
const products: ReadonlySet<string> = new Set(["Gemm", "MatMul", "Conv", "ConvTranspose", "Mul", "Div"]);

/** Do not normalise, whatever they are given. */
const plain: ReadonlySet<string> = new Set([
  ...["Identity", "Dropout", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Concat", "Split", "Slice"],
  ...["Add", "Sub", "Sum", "Neg", "BatchNormalization", "Pad", "Gather", "Shape", "Expand", "Cast"],
  ...["GlobalAveragePool", "AveragePool", "MaxPool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "Resize"],
  ...["Relu", "LeakyRelu", "PRelu", "Clip", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh"],
  ...["Softplus", "Softsign", "ThresholdedRelu", "Gelu", "Erf"],
]);

/**
 * Whether the score may stay as it is where the layer's values grow all together, as behind LayerNormalization however it is written:
 * some node between both divides by what depends on the layer, or is none that is known not to.
 */
export function isNormalisedBehind({ graph, scores }: Model, layer: Pick<Layer, "name">): boolean {
  const [after, before] = [descendants(graph, [layer.name]), ancestors(graph, [scores])];
  return graph.nodes.some((node) => {
    const reads = readsOf(node).filter((value) => after.has(value));
    if (reads.length === 0 || !node.outputs.some((value) => before.has(value))) return false;
    return products.has(node.op) ? reads.length > 1 : !plain.has(node.op);
  });
}
