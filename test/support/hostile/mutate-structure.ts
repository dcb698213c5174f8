/** @file Damage to models by how they are put together: ranges in other files, sparse tensors, types, order, names, opsets. Seeded. */

import { clone, create } from "@bufbuild/protobuf";
import type { Random } from "../../../src/foundation/random.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  SparseTensorProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  TrainingInfoProtoSchema,
  type TypeProto,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "../../../src/onnx/proto/onnx_pb.js";
import { pick } from "./mutate.js";
import { graph as graphAttribute, int, ints } from "./mutate-attributes.js";
import type { ModelDamage } from "./mutate-model.js";

const graphOf = (model: ModelProto) => model.graph as GraphProto;

/** A tensor whose numbers lie in a file beside the model. */
export function outside(
  tensor: TensorProto,
  place: Readonly<Record<string, string | number | undefined>>,
): TensorProto {
  const externalData = Object.entries(place).flatMap(([key, value]) =>
    value === undefined ? [] : [create(StringStringEntryProtoSchema, { key, value: String(value) })],
  );
  const dataLocation = TensorProto_DataLocation.EXTERNAL;
  return Object.assign(tensor, { externalData, dataLocation, rawData: new Uint8Array(), floatData: [], int64Data: [] });
}

const int64s = (values: readonly (number | bigint)[], dims: readonly (number | bigint)[]): TensorProto =>
  create(TensorProtoSchema, { dims: dims.map(BigInt), dataType: 7, int64Data: values.map(BigInt) });

const floats = (name: string, values: readonly number[], dims: readonly (number | bigint)[]): TensorProto =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: 1, floatData: [...values] });

/** A sparse tensor that contradicts itself, or says that it is huge. */
function oddSparse(name: string, source: Random) {
  const count = pick([0, 1, 3], source);
  const values = floats(name, new Array(count).fill(1), [count]);
  const index = () => pick([0, 1, 5, -1, 2n ** 31n, 2n ** 40n, 2n ** 62n], source);
  const pairs = source.below(2) === 0;
  const indices = pairs
    ? int64s(Array.from({ length: 2 * count }, index), [count, 2])
    : int64s(Array.from({ length: pick([count, count + 2], source) }, index), [count]);
  const dims = pick([[6n], [2n, 3n], [], [0n], [-1n], [2n ** 32n], [2n ** 16n, 2n ** 16n], [2n ** 62n, 4n]], source);
  if (source.below(6) === 0) indices.dataType = 1;
  if (source.below(6) === 0) values.dataType = pick([6, 8, 99], source);
  const sparse = create(SparseTensorProtoSchema, { dims, values, indices });
  if (source.below(8) === 0) delete sparse.values;
  if (source.below(8) === 0) delete sparse.indices;
  return { sparse, what: `${count} numbers of [${dims}]` };
}

/** A type that is no plain tensor's. */
function oddType(source: Random): { readonly type: TypeProto; readonly what: string } {
  const tensor = create(TypeProtoSchema, { value: { case: "tensorType", value: { elemType: 1 } } });
  const kinds = ["sequenceType", "optionalType", "mapType", "sparseTensorType"] as const;
  let type = tensor;
  const depth = pick([1, 1, 2, 60, 300], source);
  const kind = pick(kinds, source);
  for (let i = 0; i < depth; i++) {
    if (kind === "mapType")
      type = create(TypeProtoSchema, { value: { case: kind, value: { keyType: 7, valueType: type } } });
    else if (kind === "sparseTensorType")
      type = create(TypeProtoSchema, { value: { case: kind, value: { elemType: 1 } } });
    else type = create(TypeProtoSchema, { value: { case: kind, value: { elemType: type } } });
  }
  return { type, what: `${depth} ${kind}` };
}

const huge = [0, 1, -1, 2 ** 31, 2 ** 40, 2 ** 62];

/** An attribute of each type, with values that make no sense. */
function oddAttribute(name: string, source: Random): AttributeProto {
  const make = (type: AttributeType, rest: Partial<AttributeProto>) =>
    Object.assign(create(AttributeProtoSchema, { name, type }), rest);
  const tensor = () => floats("", [1, 2], pick([[2], [1, 2], [3], [-1], [2 ** 40]], source));
  const text = pick(["", "NOTSET", "SAME_UPPER", "x".repeat(100_000), "\0", "\ud800", "\u202e"], source);
  const bytes = new TextEncoder().encode(text);
  const makers: readonly (() => AttributeProto)[] = [
    () => make(AttributeType.FLOAT, { f: pick([Number.NaN, 1e38, -0, Number.POSITIVE_INFINITY, 1e-45], source) }),
    () => int(name, pick(huge, source)),
    () => make(AttributeType.STRING, { s: bytes }),
    () => make(AttributeType.TENSOR, { t: tensor() }),
    () => make(AttributeType.TENSOR, {}),
    () => graphAttribute(name, create(GraphProtoSchema, { name: "empty" })),
    () =>
      make(AttributeType.FLOATS, {
        floats: Array(pick([0, 1, 10_000], source)).fill(pick([Number.NaN, 1e38, 0], source)),
      }),
    () => ints(name, Array(pick([0, 1, 4, 10_000], source)).fill(pick(huge, source))),
    () => make(AttributeType.STRINGS, { strings: Array(pick([0, 1, 1000], source)).fill(bytes) }),
    () => make(AttributeType.TENSORS, { tensors: [tensor(), tensor()] }),
    () => make(AttributeType.SPARSE_TENSOR, { sparseTensor: oddSparse("", source).sparse }),
    () => make(AttributeType.SPARSE_TENSORS, { sparseTensors: [oddSparse("", source).sparse] }),
    () => make(AttributeType.TYPE_PROTO, { tp: oddType(source).type }),
    () => make(AttributeType.INT, { refAttrName: pick(["", name, "nowhere"], source) }),
  ];
  return pick(makers, source)();
}

const lengthy = (source: Random) =>
  pick(["x".repeat(1_000_000), "é漢🙂\u202e".repeat(20_000), "a/".repeat(100_000), "\0", " ", "\n", "N"], source);

export const structureDamages: Readonly<Record<string, ModelDamage>> = {
  "ranges in one file": (model, source) => {
    const count = pick([1, 3, 200], source);
    const size = pick([16, 1024, 2 ** 24], source);
    const location = size === 2 ** 24 ? "sparse.data" : "weights.data";
    const { initializer, node } = graphOf(model);
    for (let i = 0; i < count; i++) {
      const offset = pick([0, 4, 4 * i, 1024], source);
      initializer.push(outside(floats(`range${i}`, [], [size / 4]), { location, offset, length: size }));
    }
    const x = pick(node, source)?.output[0];
    if (x && source.below(2))
      node.push(create(NodeProtoSchema, { opType: "ReduceMax", input: ["range0"], output: ["used"] }));
    return `${count} weights of ${size} bytes in ${location}`;
  },
  "range of a weight": (model, source) => {
    const tensor = pick(graphOf(model).initializer, source);
    if (!tensor) return undefined;
    const number = () =>
      pick([undefined, 0, 4, -4, "-0", 2 ** 31, 2 ** 53, "1e3", "0x10", "", "4 ", "99999999999999999999"], source);
    const place = {
      location: "weights.data",
      offset: number(),
      length: number(),
      checksum: number(),
      basepath: number(),
    };
    outside(tensor, place);
    if (source.below(3) === 0) tensor.externalData.push(...tensor.externalData);
    return `weight "${tensor.name}" at ${place.offset} + ${place.length}`;
  },
  "sparse weight": (model, source) => {
    const { sparse, what } = oddSparse(pick(["sparse", graphOf(model).initializer[0]?.name ?? ""], source), source);
    graphOf(model).sparseInitializer.push(sparse);
    if (source.below(2))
      graphOf(model).node.push(create(NodeProtoSchema, { opType: "Relu", input: ["sparse"], output: ["dense"] }));
    return what;
  },
  "sparse constant": (model, source) => {
    const { sparse, what } = oddSparse("", source);
    const attribute = [
      create(AttributeProtoSchema, { name: "sparse_value", type: AttributeType.SPARSE_TENSOR, sparseTensor: sparse }),
    ];
    graphOf(model).node.unshift(create(NodeProtoSchema, { opType: "Constant", output: ["constant"], attribute }));
    const node = pick(graphOf(model).node, source);
    if (node && source.below(2)) node.input.push("constant");
    return what;
  },
  "type that is no tensor's": (model, source) => {
    const { type, what } = oddType(source);
    const { input, output, valueInfo } = graphOf(model);
    const info = create(ValueInfoProtoSchema, { name: `odd${source.below(3)}`, type });
    const list = pick([input, output, valueInfo], source);
    if (source.below(2) || list.length === 0) list.push(info);
    else Object.assign(pick(list, source), { type });
    return `${what} in the signature`;
  },
  "attribute of any type": (model, source) => {
    const node = pick(graphOf(model).node, source);
    const name = pick(
      [...node.attribute.map((each) => each.name), "axis", "to", "value", "body", "dtype", "auto_pad", "mode"],
      source,
    );
    const added = oddAttribute(name, source);
    node.attribute = source.below(4)
      ? [...node.attribute.filter((each) => each.name !== name), added]
      : [...node.attribute, added];
    return `${name} of ${node.opType} is of type ${added.type}`;
  },
  "order of nodes": (model, source) => {
    const { node } = graphOf(model);
    if (source.below(2)) node.reverse();
    else
      for (let i = node.length - 1; i > 0; i--) {
        const j = source.below(i + 1);
        [node[i], node[j]] = [node[j] as never, node[i] as never];
      }
    return "nodes in another order";
  },
  "names that are the same": (model, source) => {
    const { node, input, output, initializer } = graphOf(model);
    switch (source.below(5)) {
      case 0:
        for (const each of node) each.name = "same";
        return "all nodes are called the same";
      case 1:
        for (const each of node) each.output = each.output.map(() => "same");
        return "all nodes make the same value";
      case 2:
        input.push(...input);
        return "inputs twice";
      case 3:
        output.push(...output);
        return "outputs twice";
      default: {
        const weight = pick(initializer, source);
        if (weight) weight.name = pick([input[0]?.name ?? "", node[0]?.output[0] ?? "", output[0]?.name ?? ""], source);
        return `a weight is called ${weight?.name}`;
      }
    }
  },
  "lengthy name": (model, source) => {
    const name = lengthy(source);
    const { node, input, output, initializer } = graphOf(model);
    const info = pick([...input, ...output], source);
    const dim = info?.type?.value.case === "tensorType" ? info.type.value.value.shape?.dim[source.below(4)] : undefined;
    switch (source.below(7)) {
      case 0:
        pick(node, source).opType = name;
        break;
      case 1:
        pick(node, source).name = name;
        break;
      case 2:
        if (info) info.name = name;
        break;
      case 3:
        if (dim) dim.value = { case: "dimParam", value: name };
        break;
      case 4:
        model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: name, version: 1n }));
        break;
      case 5:
        model.metadataProps.push(create(StringStringEntryProtoSchema, { key: name, value: name }));
        break;
      default: {
        const weight = pick(initializer, source);
        if (weight) weight.name = name;
      }
    }
    return `a name of ${name.length} characters`;
  },
  "names of sizes": (model, source) => {
    const infos = [...graphOf(model).input, ...graphOf(model).output];
    const names = pick([["N"], ["", "N"], ["-1", "0", "1"], ["batch", "height"]], source);
    for (const { type } of infos) {
      if (type?.value.case !== "tensorType") continue;
      for (const dim of type.value.value.shape?.dim ?? [])
        if (source.below(2)) dim.value = { case: "dimParam", value: pick(names, source) };
    }
    return `sizes called ${names.join(" or ")}`;
  },
  opsets: (model, source) => {
    const domain = pick(["", "ai.onnx", "ai.onnx.ml", "com.microsoft", "evil"], source);
    const version = pick([-1n, 0n, 1n, 5n, 8n, 13n, 18n, 21n, 26n, 2n ** 40n], source);
    const added = create(OperatorSetIdProtoSchema, { domain, version });
    if (source.below(2)) model.opsetImport.push(added);
    else model.opsetImport.unshift(added);
    return `opset ${domain} ${version} besides`;
  },
  "many of a kind": (model, source) => {
    const { node, initializer, valueInfo } = graphOf(model);
    const count = pick([300, 3000], source);
    const from = pick(node, source)?.output[0] ?? "";
    switch (source.below(4)) {
      case 0:
        for (let i = 0; i < count; i++)
          node.push(create(NodeProtoSchema, { opType: "Relu", input: [from], output: [`fan${i}`] }));
        return `${count} readers of "${from}"`;
      case 1:
        for (let i = 0; i < count; i++) valueInfo.push(create(ValueInfoProtoSchema, { name: `info${i}` }));
        return `${count} values without types`;
      case 2:
        for (let i = 0; i < count; i++)
          model.metadataProps.push(create(StringStringEntryProtoSchema, { key: `k${i}`, value: "v" }));
        return `${count} metadata`;
      default:
        for (let i = 0; i < count; i++) initializer.push(floats(`more${i}`, [1], [1]));
        return `${count} weights more`;
    }
  },
  "training information": (model, source) => {
    const algorithm = clone(NodeProtoSchema, pick(graphOf(model).node, source));
    model.trainingInfo.push(
      create(TrainingInfoProtoSchema, { algorithm: create(GraphProtoSchema, { name: "step", node: [algorithm] }) }),
    );
    return "training information";
  },
};
