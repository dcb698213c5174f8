/** @file Damage to ONNX models field by field: names, nodes, attributes, sizes, weights, functions, metadata. Seeded. */

import { clone, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  type ValueInfoProto,
} from "../../../src/onnx/proto/onnx_pb.js";
import { type Mutated, pick } from "./mutate.js";
import { int, ints } from "./mutate-attributes.js";
import { nestings } from "./mutate-nesting.js";
import { hostileOperator } from "./mutate-operators.js";
import { hostileExternal, hostileMetadata } from "./mutate-places.js";

/** What is done to a model; undefined where the model has nothing that it could be done to. */
export type ModelDamage = (model: ModelProto, source: Random) => string | undefined;

const absurdSizes = [
  0n,
  -1n,
  -7n,
  1n,
  2n,
  1000n,
  65536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
];
const absurdNumbers = [0, -1, -2, 1, 2, 7, 100, 2000, 5000, 65_537, 2 ** 31 - 1, 2 ** 31, 2 ** 40, -(2 ** 31), 2 ** 62];
const operators =
  "Add Mul Div Conv ConvTranspose MaxPool AveragePool GlobalAveragePool Gemm MatMul Relu Sigmoid Softmax Reshape Flatten Transpose Concat Gather Slice Split Squeeze Unsqueeze Shape Pad Resize Expand Tile Where Cast Clip ReduceMean TopK NonZero Loop If Scan ConstantOfShape Range OneHot Einsum LSTM QuantizeLinear RoiAlign NonMaxSuppression GridSample ScatterND CumSum Trilu Dropout BatchNormalization LayerNormalization DepthToSpace StringNormalizer SequenceConstruct Optional NoSuchOperator".split(
    " ",
  );

const graphOf = (model: ModelProto) => model.graph as GraphProto;
const nodesOf = (model: ModelProto) => graphOf(model).node;
const named = ({ name, opType }: NodeProto) => `${opType} "${name}"`;

function allValues(model: ModelProto): string[] {
  const graph = graphOf(model);
  return [...graph.input, ...graph.initializer]
    .map(({ name }) => name)
    .concat(
      graph.node.flatMap((n) => n.output),
      "",
    );
}

function dimsOf(info: ValueInfoProto) {
  const kind = info.type?.value;
  return kind?.case === "tensorType" ? (kind.value.shape?.dim ?? []) : [];
}

const integerAttributes = [
  ...["kernel_shape", "strides", "pads", "dilations", "axes", "output_padding", "output_shape", "perm", "split"],
  ...["group", "axis", "ceil_mode", "count_include_pad", "keepdims", "to", "transA", "storage_order", "num_outputs"],
  ...[
    "blocksize",
    "k",
    "num_groups",
    "allowzero",
    "training_mode",
    "spatial",
    "start",
    "end",
    "batch_dims",
    "hidden_size",
  ],
];

export const modelDamages: Readonly<Record<string, ModelDamage>> = {
  "input exchanged": (model, source) => {
    const node = pick(nodesOf(model), source);
    if (!node || node.input.length === 0) return undefined;
    const [at, value] = [source.below(node.input.length), pick(allValues(model), source)];
    node.input[at] = value;
    return `input ${at} of ${named(node)} is "${value}"`;
  },
  "output exchanged": (model, source) => {
    const [a, b] = [pick(nodesOf(model), source), pick(nodesOf(model), source)];
    if (!a?.output.length || !b?.output.length) return undefined;
    [a.output[0], b.output[0]] = [b.output[0] as string, a.output[0] as string];
    return `outputs of ${named(a)} and ${named(b)} exchanged`;
  },
  cycle: (model, source) => {
    const nodes = nodesOf(model);
    const at = source.below(nodes.length);
    const later = nodes[at + source.below(nodes.length - at)] as NodeProto;
    const node = nodes[at] as NodeProto;
    node.input[0] = later.output[0] ?? "";
    return `${named(node)} reads ${named(later)}`;
  },
  "value renamed": (model, source) => {
    const node = pick(nodesOf(model), source);
    const name = pick(
      ["", "x".repeat(100_000), "../../etc", "\0", "__proto__", "fovea/map", "fovea/class", "a\nb"],
      source,
    );
    node.output[0] = name;
    return `output of ${named({ ...node, name: node.name.slice(0, 40) })} is ${JSON.stringify(name.slice(0, 20))}`;
  },
  "signature renamed": (model, source) => {
    const info = pick([...graphOf(model).input, ...graphOf(model).output], source);
    info.name = pick(["", "nowhere", "fovea/scores", "__proto__", "constructor", ...allValues(model)], source);
    return `an input or output is called "${info.name}"`;
  },
  "node dropped": (model, source) => {
    const [gone] = nodesOf(model).splice(source.below(nodesOf(model).length), 1);
    return gone && `${named(gone)} is gone`;
  },
  "node doubled": (model, source) => {
    const node = pick(nodesOf(model), source);
    const copy = clone(NodeProtoSchema, node);
    if (source.below(2)) copy.output = copy.output.map((name) => `${name}_2`);
    nodesOf(model).push(copy);
    return `${named(node)} is there twice`;
  },
  "weight dropped": (model, source) => {
    const list = graphOf(model).initializer;
    const [gone] = list.splice(source.below(list.length), 1);
    return gone && `weight "${gone.name}" is gone`;
  },
  "weight doubled": (model, source) => {
    const [a, b] = [pick(graphOf(model).initializer, source), pick(graphOf(model).initializer, source)];
    if (!a || !b) return undefined;
    graphOf(model).initializer.push(Object.assign(clone(TensorProtoSchema, a), { name: b.name }));
    return `weight "${b.name}" is there twice`;
  },
  "weights exchanged": (model, source) => {
    const [a, b] = [pick(graphOf(model).initializer, source), pick(graphOf(model).initializer, source)];
    if (!a || !b) return undefined;
    [a.name, b.name] = [b.name, a.name];
    return `weights "${a.name}" and "${b.name}" exchanged`;
  },
  "sizes of a weight": (model, source) => {
    const tensor = pick(graphOf(model).initializer, source);
    if (!tensor) return undefined;
    const at = source.below(tensor.dims.length + 1);
    tensor.dims[at] = pick(absurdSizes, source);
    return `weight "${tensor.name}" is [${tensor.dims}]`;
  },
  "consistent odd weight": (model, source) => {
    const tensor = pick(graphOf(model).initializer, source);
    if (!tensor) return undefined;
    tensor.dims = pick([[0n], [], [1n, 0n, 5n], [2n ** 53n, 0n], [1n, 1n, 1n, 1n, 1n, 1n, 1n], [3n]], source);
    tensor.rawData = new Uint8Array(4 * Number(tensor.dims.reduce((a, b) => a * b, 1n)));
    tensor.dataType = 1;
    return `weight "${tensor.name}" is zeros [${tensor.dims}]`;
  },
  "type of a weight": (model, source) => {
    const tensor = pick(graphOf(model).initializer, source);
    if (!tensor) return undefined;
    tensor.dataType = pick([0, 2, 6, 7, 8, 9, 10, 11, 14, 16, 17, 21, 99, -1, 2 ** 31 - 1], source);
    return `weight "${tensor.name}" is of type ${tensor.dataType}`;
  },
  "numbers of a weight": (model, source) => {
    const tensor = pick(graphOf(model).initializer, source);
    if (!tensor || tensor.rawData.length === 0) return undefined;
    const what = pick(["NaN", "infinity", "huge numbers", "zeros", "noise"], source);
    const words = new Uint32Array(tensor.rawData.length >> 2);
    const word = { NaN: 0x7fc00000, infinity: 0x7f800000, "huge numbers": 0x7f7fffff, zeros: 0, noise: 0 }[
      what
    ] as number;
    for (let i = 0; i < words.length; i++) words[i] = what === "noise" ? source.below(2 ** 32) : word;
    const bytes = tensor.rawData.slice();
    bytes.set(new Uint8Array(words.buffer));
    tensor.rawData = bytes;
    return `weight "${tensor.name}" holds ${what}`;
  },
  "absurd numbers in a shape": (model, source) => {
    const shapes = graphOf(model).initializer.filter(({ dataType, rawData }) => dataType === 7 && rawData.length >= 8);
    const tensor = pick(shapes, source);
    if (!tensor) return undefined;
    const [bytes, value] = [tensor.rawData.slice(), pick(absurdSizes, source)];
    new DataView(bytes.buffer).setBigInt64(8 * source.below(bytes.length >> 3), value, true);
    tensor.rawData = bytes;
    return `int64 "${tensor.name}" holds ${value}`;
  },
  operator: (model, source) => {
    const node = pick(nodesOf(model), source);
    const was = named(node);
    node.opType = pick(operators, source);
    return `${was} is ${node.opType}`;
  },
  "operator without its attributes": (model, source) => {
    const node = pick(nodesOf(model), source);
    node.attribute = [];
    return `${named(node)} has no attributes`;
  },
  "operator put in": (model, source) => {
    const node = pick(nodesOf(model), source);
    const opType = pick(operators, source);
    const [from, own] = [node.output[0] ?? "", `put/${node.output[0]}`];
    for (const reader of nodesOf(model)) reader.input = reader.input.map((name) => (name === from ? own : name));
    const inputs = Array.from({ length: 1 + source.below(3) }, (_, i) =>
      i === 0 ? from : pick(allValues(model), source),
    );
    const attributes = Array.from({ length: source.below(3) }, () => absurdAttribute(source));
    const at = nodesOf(model).indexOf(node) + 1;
    const put = create(NodeProtoSchema, { name: "put", opType, input: inputs, output: [own], attribute: attributes });
    nodesOf(model).splice(at, 0, put);
    return `${opType}(${inputs.map((name) => name.slice(0, 30))}) behind ${named(node)}`;
  },
  domain: (model, source) => {
    const node = pick(nodesOf(model), source);
    node.domain = pick(
      ["com.microsoft", "ai.onnx.ml", "evil", "com.microsoft.nchwc", "ai.onnx.preview.training"],
      source,
    );
    if (source.below(2)) model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: node.domain, version: 1n }));
    return `${named(node)} is of ${node.domain}`;
  },
  "number in an attribute": (model, source) => {
    const all = nodesOf(model).flatMap((node) => node.attribute.map((each) => ({ node, each })));
    const found = pick(
      all.filter(({ each }) => each.type === AttributeType.INT || each.ints.length > 0),
      source,
    );
    if (!found) return undefined;
    const { node, each } = found;
    const value = BigInt(pick(absurdNumbers, source));
    if (each.ints.length > 0) each.ints[source.below(each.ints.length)] = value;
    else each.i = value;
    return `${each.name} of ${named(node)} is ${each.ints.length > 0 ? each.ints : each.i}`;
  },
  "attribute added": (model, source) => {
    const node = pick(nodesOf(model), source);
    const added = absurdAttribute(source);
    node.attribute = [...node.attribute.filter(({ name }) => name !== added.name), added];
    return `${added.name} of ${named(node)} is ${added.ints.length > 0 ? added.ints : added.i}`;
  },
  "length of an attribute": (model, source) => {
    const lists = nodesOf(model).flatMap((node) => node.attribute.filter(({ ints }) => ints.length > 0));
    const list = pick(lists, source);
    if (!list) return undefined;
    list.ints = source.below(2) ? [] : Array.from({ length: pick([1, 3, 9, 100_000], source) }, () => 1n);
    return `${list.name} has ${list.ints.length} numbers`;
  },
  "type of an attribute": (model, source) => {
    const each = pick(
      nodesOf(model).flatMap((node) => node.attribute),
      source,
    );
    if (!each) return undefined;
    each.type = pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 99], source) as AttributeType;
    return `${each.name} is of type ${each.type}`;
  },
  "sizes of the signature": (model, source) => {
    const info = pick([...graphOf(model).input, ...graphOf(model).output, ...graphOf(model).valueInfo], source);
    const dim = info && pick(dimsOf(info), source);
    if (!dim) return undefined;
    dim.value = { case: "dimValue", value: pick([...absurdSizes, 3n, 29n, 4096n, 20_000n], source) };
    return `a size of "${info.name}" is ${dim.value.value}`;
  },
  "rank of the signature": (model, source) => {
    const info = pick([...graphOf(model).input, ...graphOf(model).output], source);
    const dims = info && dimsOf(info);
    if (!dims?.length) return undefined;
    if (source.below(2)) dims.splice(source.below(dims.length), 1);
    else for (let i = source.below(2) ? 1 : 1000; i > 0; i--) dims.push(Object.assign({}, dims[0]));
    return `"${info.name}" has ${dims.length} axes`;
  },
  "type of the signature": (model, source) => {
    const info = pick([...graphOf(model).input, ...graphOf(model).output], source);
    const kind = info?.type?.value;
    if (!info || kind?.case !== "tensorType") return undefined;
    if (source.below(3) === 0) delete info.type;
    else kind.value.elemType = pick([0, 2, 7, 8, 9, 10, 11, 16, 99, -1], source);
    return `"${info.name}" is of ${info.type === undefined ? "no type" : `type ${kind.value.elemType}`}`;
  },
  "signature gone": (model, source) => {
    const graph = graphOf(model);
    const which = source.below(3);
    if (which === 0) graph.input = [];
    else if (which === 1) graph.output = [];
    else graph.input.push(...graph.input.map((info) => ({ ...info, name: `${info.name}_2` })));
    return ["no inputs", "no outputs", "every input twice"][which];
  },
  opset: (model, source) => {
    const version = pick([-1n, 0n, 1n, 6n, 7n, 9n, 11n, 13n, 17n, 22n, 24n, 99n, 2n ** 40n, 2n ** 63n - 1n], source);
    model.opsetImport = source.below(6) ? [create(OperatorSetIdProtoSchema, { domain: "", version })] : [];
    return `opset ${model.opsetImport[0]?.version ?? "none"}`;
  },
  "IR version": (model, source) => {
    model.irVersion = pick([0n, 1n, 3n, 7n, 99n, -1n, 2n ** 62n], source);
    return `IR version ${model.irVersion}`;
  },
  ...nestings,
  "function instead of an operator": (model, source) => {
    const node = pick(nodesOf(model), source);
    const input = source.below(2) ? node.input.slice() : [];
    const body = clone(NodeProtoSchema, node);
    for (const each of body.attribute) if (source.below(2)) each.refAttrName = each.name;
    const output = source.below(4) ? node.output : [...node.input, "nowhere"];
    model.functions.push(
      create(FunctionProtoSchema, { name: node.opType, domain: node.domain, input, output, node: [body] }),
    );
    return `a function called ${node.opType}`;
  },
  "value renamed everywhere": (model, source) => {
    const node = pick(nodesOf(model), source);
    const from = node?.output[0];
    if (!from) return undefined;
    const to = pick(
      [
        "x".repeat(100_000),
        "<script>&\"'",
        "\u0000\u001b[31m\u202e",
        "\ufffe\uffff",
        "__proto__",
        "fovea/map",
        "é漢🙂".repeat(300),
      ],
      source,
    );
    for (const each of nodesOf(model)) {
      each.input = each.input.map((name) => (name === from ? to : name));
      each.output = each.output.map((name) => (name === from ? to : name));
    }
    for (const info of graphOf(model).output) if (info.name === from) info.name = to;
    return `"${from}" is ${JSON.stringify(to.slice(0, 20))} everywhere`;
  },
  "operator that asks for the impossible": hostileOperator,
  "and another": hostileOperator,
  "and yet another": hostileOperator,
  "external data": hostileExternal,
  metadata: hostileMetadata,
  "long text": (model, source) => {
    const text = pick(["é".repeat(1_000_000), "\u202e\n\u001b[31m".repeat(1000), "\0".repeat(5000)], source);
    const node = pick(nodesOf(model), source);
    const which = source.below(4);
    if (which === 0) node.name = text;
    else if (which === 1) node.opType = text;
    else if (which === 2) node.domain = text;
    else model.metadataProps.push(create(StringStringEntryProtoSchema, { key: "fovea.classes", value: text }));
    return `a ${["node's name", "operator", "domain", "list of classes"][which]} of ${text.length} characters`;
  },
};

function absurdAttribute(source: Random): AttributeProto {
  const name = pick(integerAttributes, source);
  const numbers = Array.from({ length: pick([1, 2, 4], source) }, () => pick(absurdNumbers, source));
  const single = source.below(2) === 1;
  return single ? int(name, numbers[0] as number) : ints(name, numbers);
}

/** One to three kinds of damage to one model: one of `damages`, and now and then further ones of `more`. */
export function mutateModel(
  bytes: Uint8Array,
  source: Random,
  damages: Readonly<Record<string, ModelDamage>> = modelDamages,
  more: Readonly<Record<string, ModelDamage>> = modelDamages,
): Mutated {
  const model = fromBinary(ModelProtoSchema, bytes);
  const told: string[] = [];
  const wanted = source.below(4) ? 1 : 2 + source.below(2);
  for (let tries = 0; told.length < wanted && tries < 20; tries++) {
    const [name, damage] = pick(Object.entries(told.length > 0 ? more : damages), source);
    const what = damage(model, source);
    if (what !== undefined) told.push(`${name}: ${what}`);
  }
  return { bytes: toBinary(ModelProtoSchema, model), what: told.join("; ") };
}
