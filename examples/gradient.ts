/** @file The gradient of any graph is a graph. `npx tsx examples/gradient.ts` */

import { differentiate } from "../src/autodiff/differentiate.js";
import { Builder } from "../src/onnx/builder.js";
import type { Value } from "../src/onnx/graph.js";
import { printGraph } from "../src/onnx/print.js";
import { prune } from "../src/onnx/prune.js";
import { float32, floats } from "../src/onnx/tensor.js";
import { createNodeRuntime } from "../src/runtime/node.js";

const op = new Builder();
const x = op.input("x", "float32", [3]);
const y = op.Mul(x, op.Tanh(x));
const { graph, gradients } = differentiate(op.graph, { of: y, wrt: [x] });
const gradient = gradients.get(x) as Value;
const backward = prune(graph, [gradient]);
console.log(printGraph(backward));
const session = await createNodeRuntime().open(backward);
const results = await session.run({ x: float32([3], [0, 1, 2]) });
const slopes = results[gradient];
console.log("slope of x tanh(x) at 0, 1, 2:", slopes && Array.from(floats(slopes)));
await session.close();
