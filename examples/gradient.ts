/** @file The gradient of any graph is a graph. `npx tsx examples/gradient.ts` */

import { differentiate } from "../src/autodiff/index.js";
import { Builder, float32, floats, printGraph, prune, type Value } from "../src/onnx/index.js";
import { nodeRuntime } from "../src/runtime/node.js";

const op = new Builder();
const x = op.input("x", "float32", [3]);
const y = op.Mul(x, op.Tanh(x));
const { graph, gradients } = differentiate(op.graph, { of: y, wrt: [x] });
const gradient = gradients.get(x) as Value;
const backward = prune(graph, [gradient]);
console.log(printGraph(backward));
const session = await nodeRuntime.open(backward);
const results = await session.run({ x: float32([3], [0, 1, 2]) });
const slopes = results[gradient];
console.log("slope of x tanh(x) at 0, 1, 2:", slopes && Array.from(floats(slopes)));
await session.close();
