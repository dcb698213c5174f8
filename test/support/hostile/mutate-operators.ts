/** @file Operators put into a model whose every field is valid, and which ask for the impossible: endless loops, huge tensors, indices beyond the end. */

import { create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  type AttributeProto,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";
import { graph, indexed, int, ints, odd, text } from "./mutate-attributes.js";

/** What an attack may use: nodes and weights that it adds, and the value that it works on. */
interface Site {
  readonly x: string;
  readonly source: Random;
  node(opType: string, input: readonly string[], attributes?: readonly AttributeProto[], outputs?: number): string;
  int64(values: readonly number[], dims?: readonly number[]): string;
  float(values: readonly number[], dims?: readonly number[]): string;
}

/** Each returns the value that takes the place of `x`, or one that is added to it. */
type Attack = (site: Site) => { readonly instead: string } | { readonly added: string };

const large = [2000, 100_000, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 62];
const beyond = [1, 7, 1000, 2 ** 31, -1, -2, -1000, -(2 ** 31), 2 ** 62];

const attacks: Readonly<Record<string, Attack>> = {
  "an endless loop": (at) => ({ added: loop(at, pick([1e9, 2 ** 62], at.source)) }),
  "a huge constant": (at) => {
    const made = at.node("ConstantOfShape", [at.int64([pick(large, at.source), pick([1, 1000], at.source)])]);
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "a huge constant of a size known when run": (at) => {
    const some = at.node("Mul", [at.node("Size", [at.x]), at.int64([pick(large, at.source)], [])]);
    const made = at.node("ConstantOfShape", [at.node("Reshape", [some, at.int64([1])])]);
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "a huge range": (at) => {
    const made = at.node("Range", [
      at.int64([0], []),
      at.int64([pick(large, at.source)], []),
      at.int64([pick([1, 0, -1], at.source)], []),
    ]);
    return { added: at.node("Cast", [at.node("ReduceMax", [made], [int("keepdims", 0)])], [int("to", 1)]) };
  },
  "an integer divided by zero": (at) => {
    const zero = at.source.below(2)
      ? at.int64([0], [])
      : at.node("Sub", [at.node("Size", [at.x]), at.node("Size", [at.x])]);
    const made = at.node(pick(["Div", "Mod"], at.source), [at.node("Size", [at.x]), zero]);
    return { added: at.node("Cast", [made], [int("to", 1)]) };
  },
  "the lowest integer divided by minus one": (at) => {
    const lowest = at.node("Mul", [at.node("Size", [at.x]), at.int64([-(2 ** 63)], [])]);
    const made = at.node(pick(["Div", "Mod"], at.source), [lowest, at.int64([-1], [])]);
    return { added: at.node("Cast", [made], [int("to", 1)]) };
  },
  "many copies": (at) => ({
    added: at.node(
      "ReduceMax",
      [at.node("Tile", [at.x, at.int64([1, 1, pick(large, at.source), pick(large, at.source)])])],
      [int("keepdims", 0)],
    ),
  }),
  "a wide pad": (at) => {
    const wide = pick([...large, ...beyond], at.source);
    const pads = at.int64([0, 0, wide, 0, 0, 0, pick([0, wide], at.source), 0]);
    return {
      instead: at.node("Pad", [at.x, pads], [text("mode", pick(["constant", "reflect", "edge", "wrap"], at.source))]),
    };
  },
  "a large resize": (at) => {
    const scale = pick([1e3, 1e6, 1e20, 1e-9, 0, -1, Number.NaN], at.source);
    const mode = text("mode", pick(["nearest", "linear", "cubic"], at.source));
    return { instead: at.node("Resize", [at.x, "", at.float([1, 1, scale, scale])], [mode]) };
  },
  "an expansion": (at) => ({
    added: at.node(
      "ReduceMax",
      [at.node("Expand", [at.x, at.int64([pick(large, at.source), 1, 1, 1, 1])])],
      [int("keepdims", 0)],
    ),
  }),
  "a gather beyond the end": (at) => ({
    instead: at.node("Gather", [at.x, at.int64([pick(beyond, at.source)])], [int("axis", at.source.below(4))]),
  }),
  "a gather of shape beyond the end": (at) => {
    const made = at.node("Gather", [at.node("Shape", [at.x]), at.int64([pick(beyond, at.source)], [])]);
    return { added: at.node("Cast", [made], [int("to", 1)]) };
  },
  "GatherND beyond the end": (at) => ({
    added: at.node(
      "ReduceMax",
      [at.node("GatherND", [at.x, at.int64([pick(beyond, at.source)], [1, 1])])],
      [int("keepdims", 0)],
    ),
  }),
  "ScatterND beyond the end": (at) => {
    const flat = at.node("Reshape", [at.x, at.int64([-1])]);
    const made = at.node("ScatterND", [flat, at.int64([pick(beyond, at.source) * 1e6], [1, 1]), at.float([1])]);
    return { instead: at.node("Reshape", [made, at.node("Shape", [at.x])]) };
  },
  "ScatterElements beyond the end": (at) => {
    const flat = at.node("Reshape", [at.x, at.int64([-1])]);
    const made = at.node("ScatterElements", [flat, at.int64([pick(beyond, at.source) * 1e6]), at.float([1])]);
    return { instead: at.node("Reshape", [made, at.node("Shape", [at.x])]) };
  },
  "MaxUnpool beyond the end": (at) => {
    const indices = at.int64([pick(beyond, at.source) * 1e6, 0, 0, 0], [1, 1, 2, 2]);
    const made = at.node(
      "MaxUnpool",
      [at.float([1, 2, 3, 4], [1, 1, 2, 2]), indices],
      [ints("kernel_shape", [2, 2]), ints("strides", [2, 2])],
    );
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "RoiAlign of another image": (at) => {
    const rois = at.float([0, 0, pick([1, 1e9, Number.NaN], at.source), 9], [1, 4]);
    const size = pick([1, 2, 100_000, 2 ** 31], at.source);
    const made = at.node(
      "RoiAlign",
      [at.x, rois, at.int64([pick(beyond, at.source)])],
      [int("output_height", size), int("output_width", size)],
    );
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "GridSample far away": (at) => {
    const far = pick([Number.NaN, 1e30, Number.POSITIVE_INFINITY], at.source);
    const grid = at.float([far, far, 0, 0], [1, 1, 2, 2]);
    const padding = text("padding_mode", pick(["zeros", "border", "reflection"], at.source));
    return { added: at.node("ReduceMax", [at.node("GridSample", [at.x, grid], [padding])], [int("keepdims", 0)]) };
  },
  "TopK of too many": (at) => ({
    instead: at.node("TopK", [at.x, at.int64([pick([...large, ...beyond, 0], at.source)])], [], 2),
  }),
  "OneHot of a huge depth": (at) => {
    const made = at.node("OneHot", [
      at.int64([1, 2]),
      at.int64([pick([...large, 0, -1], at.source)], []),
      at.float([0, 1]),
    ]);
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "a slice without steps": (at) => ({
    instead: at.node("Slice", [
      at.x,
      at.int64([0]),
      at.int64([2 ** 62]),
      at.int64([pick([1, 9, -9], at.source)]),
      at.int64([pick([0, -(2 ** 62), 2 ** 62], at.source)]),
    ]),
  }),
  "a wrong reshape": (at) => ({
    instead: at.node("Reshape", [
      at.x,
      at.int64(pick([[-1, -1], [0, 0, 0, 0, 0, 0], [2 ** 32, 2 ** 32, 0], [-2, 5], []], at.source)),
    ]),
  }),
  "a split into nothing": (at) => ({
    instead: at.node(
      "Split",
      [
        at.x,
        at.int64(
          pick(
            [
              [0, 0],
              [-1, 3],
              [2 ** 40, -(2 ** 40) + 1],
            ],
            at.source,
          ),
        ),
      ],
      [int("axis", 1)],
      2,
    ),
  }),
  "an odd einsum": (at) => ({
    instead: at.node(
      "Einsum",
      [at.x],
      [
        text(
          "equation",
          pick(
            ["...", "abcd->abcde", "aaaa->a", "->", "abcd,e->a", `${"abcd,".repeat(5000)}a`, "\0", "a".repeat(100_000)],
            at.source,
          ),
        ),
      ],
    ),
  }),
  "an odd convolution": (at) => {
    const weight = at.float(new Array(9).fill(1), [1, 1, 3, 3]);
    const odd = pick(["strides", "dilations", "pads", "kernel_shape", "group", "output_padding"], at.source);
    const value = pick([0, -1, 2000, 2 ** 20, 2 ** 31, 2 ** 62, -(2 ** 31)], at.source);
    const attribute =
      odd === "group" ? int(odd, value) : ints(odd, odd === "pads" ? [value, 0, value, 0] : [value, value]);
    return { instead: at.node(pick(["Conv", "ConvTranspose", "ConvInteger"], at.source), [at.x, weight], [attribute]) };
  },
  "an odd pool": (at) => {
    const value = () => pick([0, -1, 1, 2, 2000, 2 ** 31, 2 ** 62], at.source);
    const attributes = [
      ints("kernel_shape", [value(), value()]),
      ints(pick(["strides", "dilations"], at.source), [value(), value()]),
      int("ceil_mode", 1),
    ];
    return { instead: at.node(pick(["MaxPool", "AveragePool", "LpPool"], at.source), [at.x], attributes) };
  },
  "odd attributes": (at) => {
    const [opType, names] = pick(Object.entries(odd), at.source);
    const value = () => pick([...large, ...beyond, 0], at.source);
    const attributes = names.map((name) =>
      ["axes", "perm", "scales"].includes(name) ? ints(name, [value(), value(), value(), value()]) : int(name, value()),
    );
    return { instead: at.node(opType, [at.x], attributes) };
  },
  "odd integers": (at) => {
    const values = Array.from({ length: pick([0, 1, 2, 4, 8], at.source) }, () =>
      pick([...large, ...beyond, 0], at.source),
    );
    const axis = at.source.below(2) ? [int("axis", pick([...beyond, 0], at.source))] : [];
    const dims = values.length === 1 && at.source.below(2) ? [] : [values.length];
    return { instead: at.node(pick(indexed, at.source), [at.x, at.int64(values, dims)], axis) };
  },
  "odd blocks": (at) => ({
    instead: at.node(
      pick(["DepthToSpace", "SpaceToDepth"], at.source),
      [at.x],
      [int("blocksize", pick([0, -1, 1, 2 ** 31, 2 ** 62], at.source))],
    ),
  }),
  "odd groups": (at) => ({
    instead: at.node(
      "GroupNormalization",
      [at.x, at.float([1]), at.float([0])],
      [int("num_groups", pick([0, -1, 3, 2 ** 40], at.source))],
    ),
  }),
  "noise without end": (at) => ({
    added: at.node(
      "ReduceMax",
      [at.node("RandomNormal", [], [ints("shape", [pick(large, at.source), 1000])])],
      [int("keepdims", 0)],
    ),
  }),
  "a sum of shapes": (at) => ({
    added: at.node(
      "Cast",
      [at.node("CumSum", [at.node("Shape", [at.x]), at.int64([pick(beyond, at.source)], [])])],
      [int("to", 1)],
    ),
  }),
  "a huge eye": (at) => {
    const made = at.node("EyeLike", [
      at.node("ConstantOfShape", [at.int64([pick(large, at.source), pick(large, at.source)])]),
    ]);
    return { added: at.node("ReduceMax", [made], [int("keepdims", 0)]) };
  },
  "a long chain": (at) => {
    let last = at.x;
    for (let i = 0; i < 1500; i++) last = at.node(pick(["Relu", "Identity"], at.source), [last]);
    return { instead: last };
  },
  "a file of the runtime's own": (at) => ({
    instead: at.node("EPContext", [at.x], [int("embed_mode", 0), text("ep_cache_context", "../outside/secret")]),
  }),
};

/** A Loop whose body hands its number on. */
function loop(at: Site, trips: number): string {
  const value = (name: string, elemType: number) => ({
    name,
    type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim: [] } } } },
  });
  const body = create(GraphProtoSchema, {
    name: "body",
    input: [value("i", 7), value("go", 9), value("n", 1)],
    output: [value("go_on", 9), value("n_on", 1)],
    node: [
      { opType: "Identity", input: ["go"], output: ["go_on"] },
      { opType: "Identity", input: ["n"], output: ["n_on"] },
    ],
  });
  const one = at.source.below(2) ? at.int64([1], []) : at.node("Size", [at.x]);
  const count = at.source.below(2) ? at.int64([trips], []) : at.node("Mul", [at.int64([trips], []), one]);
  const looped = at.node("Loop", [count, at.node("Equal", [one, one]), at.float([0], [])], [graph("body", body)]);
  return at.node("Reshape", [looped, at.int64([1])]);
}

/** Puts one attack behind a node of the model. */
export function hostileOperator(model: ModelProto, source: Random): string | undefined {
  const { node: nodes, initializer } = model.graph as GraphProto;
  const target = pick(nodes, source);
  const x = target?.output[0];
  if (!target || !x) return undefined;
  const [name, attack] = pick(Object.entries(attacks), source);
  const added: NodeProto[] = [];
  const weight = (values: BigInt64Array | Float32Array, dims: readonly number[], dataType: number) => {
    const own = `hostile/weight${initializer.length}`;
    const rawData = new Uint8Array(values.buffer) as TensorProto["rawData"];
    initializer.push(create(TensorProtoSchema, { name: own, dims: dims.map(BigInt), dataType, rawData }));
    return own;
  };
  const site: Site = {
    x,
    source,
    node(opType, input, attribute = [], outputs = 1) {
      const own = `hostile/${added.length}`;
      const output = Array.from({ length: outputs }, (_, i) => (i === 0 ? own : `${own}/${i}`));
      const domain = opType === "EPContext" ? "com.microsoft" : "";
      added.push(
        create(NodeProtoSchema, { name: own, opType, domain, input: [...input], output, attribute: [...attribute] }),
      );
      return own;
    },
    int64: (values, dims = [values.length]) =>
      weight(
        BigInt64Array.from(values, (value) => BigInt.asIntN(64, BigInt(value))),
        dims,
        7,
      ),
    float: (values, dims = [values.length]) => weight(Float32Array.from(values), dims, 1),
  };
  const result = attack(site);
  const made = "instead" in result ? result.instead : site.node("Add", [x, result.added]);
  for (const reader of nodes) reader.input = reader.input.map((input) => (input === x ? made : input));
  nodes.splice(nodes.indexOf(target) + 1, 0, ...added);
  return `${name} behind ${target.opType} "${target.name}"`;
}
