/** @file Sound control flow put into a model, nested and with counts that may be absurd: If, Loop and Scan, and functions of the file. Seeded. */

import { create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";
import { graph as graphAttribute, int, ints } from "./mutate-attributes.js";
import type { ModelDamage } from "./mutate-model.js";

const graphOf = (model: ModelProto) => model.graph as GraphProto;

const value = (name: string, elemType = 1) => ({
  name,
  type: { value: { case: "tensorType" as const, value: { elemType } } },
});

const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attribute: AttributeProto[] = [],
  domain = "",
) =>
  create(NodeProtoSchema, {
    name: `put/${output[0]}`,
    opType,
    domain,
    input: [...input],
    output: [...output],
    attribute,
  });

/** Weights of a graph that the nodes put in read. */
class Weights {
  readonly #graph: GraphProto;

  constructor(graph: GraphProto) {
    this.#graph = graph;
  }

  int64(number: number): string {
    return this.#add(7, new BigInt64Array([BigInt.asIntN(64, BigInt(number))]));
  }

  bool(number: number): string {
    return this.#add(9, Uint8Array.of(number));
  }

  #add(dataType: number, values: BigInt64Array | Uint8Array): string {
    const name = `put/weight${this.#graph.initializer.length}`;
    const rawData = new Uint8Array(values.buffer) as Uint8Array<ArrayBuffer>;
    this.#graph.initializer.push(create(TensorProtoSchema, { name, dataType, dims: [], rawData }));
    return name;
  }
}

const counts = [0, 1, 3, 100, -1, 3000, 1e6, 2 ** 40];

/** Nodes that bring `x` to `y` through a construct, `depth` of them within each other. */
function nested(depth: number, x: string, y: string, weights: Weights, source: Random): NodeProto[] {
  if (depth === 0) return [node(pick(["Relu", "Identity", "Neg"], source), [x], [y])];
  const inner = (from: string, to: string) => nested(depth - 1, from, to, weights, source);
  const body = (
    name: string,
    input: ReturnType<typeof value>[],
    nodes: NodeProto[],
    output: ReturnType<typeof value>[],
  ) => create(GraphProtoSchema, { name, input, node: nodes, output });
  const own = (name: string) => `put/${depth}/${y}/${name}`.slice(-200);
  switch (source.below(3)) {
    case 0: {
      const branch = (name: string) => graphAttribute(name, body(name, [], inner(x, own(name)), [value(own(name))]));
      return [node("If", [weights.bool(source.below(2))], [y], [branch("then_branch"), branch("else_branch")])];
    }
    case 1: {
      const nodes = [node("Identity", [own("go")], [own("on")]), ...inner(own("in"), own("out"))];
      const loop = body("body", [value(own("i"), 7), value(own("go"), 9), value(own("in"))], nodes, [
        value(own("on"), 9),
        value(own("out")),
      ]);
      const count = source.below(5) ? weights.int64(pick(counts, source)) : "";
      return [node("Loop", [count, weights.bool(1), x], [y], [graphAttribute("body", loop)])];
    }
    default: {
      const scan = body("body", [value(own("in"))], inner(own("in"), own("out")), [value(own("out"))]);
      const number = source.below(6) ? 1 : pick([0, -1, 2, 2 ** 31], source);
      const axes = source.below(2) ? [ints("scan_input_axes", [pick([0, 1, 3, -1, 9], source)])] : [];
      return [node("Scan", [x], [y], [graphAttribute("body", scan), int("num_scan_inputs", number), ...axes])];
    }
  }
}

/** Puts nodes between a value and all that read it. */
function putBehind(model: ModelProto, source: Random, make: (x: string, y: string) => NodeProto[]): string | undefined {
  const { node: nodes } = graphOf(model);
  const target = pick(nodes, source);
  const x = target?.output[0];
  if (!target || !x) return undefined;
  const y = `put/${x}`;
  for (const reader of nodes) reader.input = reader.input.map((input) => (input === x ? y : input));
  nodes.splice(nodes.indexOf(target) + 1, 0, ...make(x, y));
  return `behind ${target.opType}`;
}

export const controlDamages: Readonly<Record<string, ModelDamage>> = {
  "nested control flow": (model, source) => {
    const depth = pick([1, 1, 2, 3, 12], source);
    const weights = new Weights(graphOf(model));
    const where = putBehind(model, source, (x, y) => nested(depth, x, y, weights, source));
    return where && `${depth} constructs in each other ${where}`;
  },
  "functions of the file": (model, source) => {
    const count = pick([1, 2, 8, 300], source);
    const domain = pick(["local", "", "com.microsoft"], source);
    const isAttribute = source.below(2) === 1;
    model.functions.push(
      ...Array.from({ length: count }, (_, i) => {
        const last = i + 1 === count;
        const [opType, home] = last ? [pick(["LeakyRelu", "Relu", "Softmax"], source), ""] : [`put${i + 1}`, domain];
        const refers = create(AttributeProtoSchema, { name: "alpha", type: AttributeType.FLOAT, refAttrName: "alpha" });
        return create(FunctionProtoSchema, {
          name: `put${i}`,
          domain,
          input: ["x", ...(source.below(4) ? [] : ["more"])],
          output: ["y"],
          attribute: isAttribute ? ["alpha"] : [],
          node: [node(opType, ["x"], ["y"], isAttribute ? [refers] : [], home)],
          opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: pick([18n, 7n, 99n], source) })],
        });
      }),
    );
    if (source.below(3)) model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain, version: 1n }));
    const alpha = create(AttributeProtoSchema, { name: "alpha", type: AttributeType.FLOAT, f: 0.1 });
    const where = putBehind(model, source, (x, y) => [node("put0", [x], [y], source.below(2) ? [alpha] : [], domain)]);
    return where && `${count} functions of "${domain}", each calling the next, ${where}`;
  },
  "branches over branches": (model, source) => {
    const wide = pick([2, 30], source);
    const weights = new Weights(graphOf(model));
    const many = (x: string, y: string) => {
      const nodes = Array.from({ length: wide }, (_, i) => nested(1, x, `${y}/${i}`, weights, source)).flat();
      return [
        ...nodes,
        node(
          "Sum",
          Array.from({ length: wide }, (_, i) => `${y}/${i}`),
          [y],
        ),
      ];
    };
    const where = putBehind(model, source, many);
    return where && `${wide} constructs beside each other ${where}`;
  },
};
