/** @file Damage to models by things within things: subgraphs in subgraphs, functions that call functions. */

import { clone, create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  NodeProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";
import { graph } from "./mutate-attributes.js";

const graphOf = (model: ModelProto) => model.graph as GraphProto;
const nodesOf = (model: ModelProto) => graphOf(model).node;

export const nestings: Readonly<Record<string, (model: ModelProto, source: Random) => string | undefined>> = {
  "subgraphs in subgraphs": (model, source) => {
    const depth = pick([2, 30, 90, 400], source);
    const opType = pick(["If", "Loop", "Scan", "Relu"], source);
    let inner = create(GraphProtoSchema, { name: "leaf", output: clone(GraphProtoSchema, graphOf(model)).output });
    for (let i = 0; i < depth; i++) {
      const node = create(NodeProtoSchema, {
        opType,
        input: [graphOf(model).input[0]?.name ?? ""],
        output: [`deep${i}`],
      });
      node.attribute = ["then_branch", "else_branch"]
        .slice(0, depth > 2 ? 1 : 2)
        .map((name) => graph(opType === "If" ? name : "body", inner));
      inner = create(GraphProtoSchema, { name: `level${i}`, node: [node], output: [{ name: `deep${i}` }] });
    }
    nodesOf(model).push(...inner.node);
    if (source.below(2)) graphOf(model).output = inner.output;
    return `${depth} subgraphs of ${opType} in one another`;
  },
  "function that calls itself": (model, source) => {
    const [links, wide] = [pick([1, 2, 12, 40], source), source.below(2) + 1];
    const circle = source.below(2) === 1;
    model.functions = Array.from({ length: links }, (_, i) => {
      const opType = i + 1 < links ? `f${i + 1}` : circle ? "f0" : "Relu";
      const domain = opType === "Relu" ? "" : "evil";
      const node = Array.from({ length: wide }, (_, k) =>
        create(NodeProtoSchema, {
          opType,
          domain,
          input: [k ? `t${k - 1}` : "x"],
          output: [k + 1 < wide ? `t${k}` : "y"],
        }),
      );
      return create(FunctionProtoSchema, { name: `f${i}`, domain: "evil", input: ["x"], output: ["y"], node });
    });
    const [node] = nodesOf(model);
    if (!node) return undefined;
    nodesOf(model)[0] = Object.assign(clone(NodeProtoSchema, node), { domain: "evil", opType: "f0", attribute: [] });
    return `${links} functions, each calling the next ${wide} times${circle ? ", in a circle" : ""}`;
  },
};
