/** @file The gradient of any graph is a graph. `node gradient.mjs` prints the slopes of x tanh(x). */

import { createNodeRuntime } from "fovea";
import { Builder, differentiate, float32, floats, printGraph, prune } from "fovea/onnx";

const op = new Builder();
const x = op.input("x", "float32", [3]);
const y = op.Mul(x, op.Tanh(x));
const { graph, gradients } = differentiate(op.graph, { of: y, wrt: [x] });
const slope = gradients.get(x);
const backward = prune(graph, [slope]);
console.log(printGraph(backward));
const session = await createNodeRuntime().open(backward);
const results = await session.run({ x: float32([3], [0, 1, 2]) });
console.log("slopes at 0, 1, 2:", floats(results[slope]).join(" "));
await session.close();
