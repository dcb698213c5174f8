/** @file The rules of the ONNX checker, and of good order, applied to a file's own bytes. */

import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from "../../../src/onnx/proto/onnx_pb.js";
import { dataTypeName, sizeOf } from "../../../src/onnx/tensor.js";

interface Operator {
  readonly since: number;
  /** Fewest and most; -1 for any number. */
  readonly inputs: readonly [number, number];
  readonly outputs: readonly [number, number];
  /** Types by name, `!` behind those that are required. */
  readonly attributes: Readonly<Record<string, string>>;
}

const known = JSON.parse(
  readFileSync(new URL("../../fixtures/onnx/operators.json", import.meta.url), "utf8"),
) as Readonly<Record<string, Operator>>;

/** What later opsets added, from the change log of the specification. */
const later: Readonly<Record<string, Partial<Operator> & Pick<Operator, "since">>> = {
  ...Object.fromEntries(
    ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare"].map((kind) => [
      `Reduce${kind}`,
      { since: 18, inputs: [1, 2], attributes: { keepdims: "int", noop_with_empty_axes: "int" } } as const,
    ]),
  ),
  Resize: {
    since: 18,
    attributes: { ...known.Resize?.attributes, antialias: "int", axes: "ints", keep_aspect_ratio_policy: "string" },
  },
  Split: { since: 18, attributes: { axis: "int", num_outputs: "int" } },
  Pad: { since: 18, inputs: [2, 4] },
  LpPool: { since: 18, attributes: { ...known.LpPool?.attributes, ceil_mode: "int", dilations: "ints" } },
  Mish: { since: 18, inputs: [1, 1], outputs: [1, 1], attributes: {} },
  GroupNormalization: {
    ...{ since: 18, inputs: [3, 3], outputs: [1, 1] },
    attributes: { epsilon: "float", num_groups: "int!", stash_type: "int" },
  },
  AveragePool: { since: 19, attributes: { ...known.AveragePool?.attributes, dilations: "ints" } },
  Cast: { since: 19, attributes: { saturate: "int", to: "int!" } },
  CastLike: { since: 19, attributes: { saturate: "int" } },
  Gelu: { since: 20, inputs: [1, 1], outputs: [1, 1], attributes: { approximate: "string" } },
};

/** The first IR version that knows an opset. */
const irVersions: Readonly<Record<number, number>> = { 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11 };

/** Everything that is wrong with a file, in words; nothing for a sound one. Weights must be inside. */
export function onnxComplaints(bytes: Uint8Array): string[] {
  const model = fromBinary(ModelProtoSchema, bytes);
  const opsets = new Map(model.opsetImport.map(({ domain, version }) => [domain, Number(version)]));
  const opset = opsets.get("") ?? 0;
  const checker = new Checker(opsets);
  checker.expect(
    model.irVersion >= (irVersions[opset] ?? Number.POSITIVE_INFINITY),
    `IR ${model.irVersion} of opset ${opset}`,
  );
  checker.expect(opsets.size === model.opsetImport.length, "an opset imported twice");
  checker.expect(unique(model.metadataProps.map(({ key }) => key)), "metadata: a key twice");
  checker.expect(model.functions.length === 0, "functions of the file's own");
  checker.expect(model.graph !== undefined, "no graph");
  if (model.graph) checker.graph(model.graph, new Set());
  checker.expect(
    [...opsets.keys()].every((domain) => checker.domains.has(domain)),
    "an opset that nothing uses",
  );
  return checker.complaints;
}

class Checker {
  readonly complaints: string[] = [];
  readonly domains = new Set<string>();
  readonly #opsets: ReadonlyMap<string, number>;
  readonly #nodes = new Set<string>();
  /** Every name that a value has anywhere in the file. */
  readonly #values = new Set<string>();
  readonly #used = new Set<string>();

  constructor(opsets: ReadonlyMap<string, number>) {
    this.#opsets = opsets;
  }

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.complaints.push(otherwise);
  }

  /** @param outer values of the graphs around */
  graph(graph: GraphProto, outer: ReadonlySet<string>): void {
    const main = outer.size === 0;
    const at = `graph "${graph.name}"`;
    this.expect(graph.name !== "", "a graph without a name");
    const visible = new Set(outer);
    const inputs = graph.input.map(({ name }) => name);
    this.expect(unique(inputs), `${at}: an input twice`);
    for (const name of inputs) this.#make(name, visible, `${at}: input`);
    for (const tensor of graph.initializer) {
      if (!inputs.includes(tensor.name)) this.#make(tensor.name, visible, `${at}: initializer`);
      this.#tensor(tensor, `${at}: initializer "${tensor.name}"`);
    }
    this.expect(unique(graph.initializer.map(({ name }) => name)), `${at}: an initializer twice`);
    for (const node of graph.node) this.#node(node, visible);
    for (const { name } of graph.output) {
      this.expect(visible.has(name), `${at}: output "${name}" is made by nothing`);
      this.#used.add(name);
    }
    this.expect(graph.output.length > 0, `${at}: no outputs`);
    if (main) for (const info of [...graph.input, ...graph.output]) this.#signature(info);
    for (const { name } of graph.initializer)
      this.expect(this.#used.has(name), `initializer "${name}" is used by nothing`);
  }

  #make(name: string, visible: Set<string>, where: string): void {
    this.expect(name !== "", `${where}: no name`);
    this.expect(!this.#values.has(name), `${where} "${name}": a value of that name exists`);
    this.#values.add(name);
    visible.add(name);
  }

  /** Only what goes in and out of the file must be declared whole. */
  #signature({ name, type }: ValueInfoProto): void {
    const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
    this.expect(dataTypeName(tensor?.elemType ?? 0) !== undefined, `"${name}": no element type`);
    this.expect(tensor?.shape !== undefined, `"${name}": no shape`);
  }

  #node(node: NodeProto, visible: Set<string>): void {
    const at = `node "${node.name}" (${node.opType})`;
    this.expect(node.name !== "" && !this.#nodes.has(node.name), `${at}: no name of its own`);
    this.#nodes.add(node.name);
    this.domains.add(node.domain);
    this.expect(this.#opsets.has(node.domain), `${at}: domain "${node.domain}" is not imported`);
    for (const input of node.input) {
      this.expect(input === "" || visible.has(input), `${at}: input "${input}" is not made before it`);
      this.#used.add(input);
    }
    for (const attribute of node.attribute) this.#attribute(attribute, visible, at);
    this.expect(unique(node.attribute.map(({ name }) => name)), `${at}: an attribute twice`);
    if (node.domain === "") this.#operator(node, at);
    for (const output of node.output) if (output !== "") this.#make(output, visible, at);
  }

  #operator(node: NodeProto, at: string): void {
    const opset = this.#opsets.get("") ?? 0;
    const added = later[node.opType];
    const present = { ...known[node.opType], ...(added && added.since <= opset ? added : {}) } as Partial<Operator>;
    const { inputs, outputs, attributes } = present;
    if (!inputs || !outputs || !attributes) {
      this.complaints.push(`${at}: no operator of opset ${opset}`);
      return;
    }
    this.expect(within(node.input.length, inputs), `${at}: ${node.input.length} inputs`);
    this.expect(within(node.output.length, outputs), `${at}: ${node.output.length} outputs`);
    for (const [name, type] of Object.entries(attributes)) {
      const given = node.attribute.find((attribute) => attribute.name === name);
      this.expect(given !== undefined || !type.endsWith("!"), `${at}: attribute ${name} is missing`);
      const found = given && AttributeType[given.type].toLowerCase();
      this.expect(found === undefined || found === type.replace("!", ""), `${at}: attribute ${name} is ${found}`);
    }
    for (const { name } of node.attribute) this.expect(name in attributes, `${at}: attribute ${name} is unknown`);
  }

  #attribute(attribute: AttributeProto, visible: ReadonlySet<string>, at: string): void {
    const where = `${at}: attribute ${attribute.name}`;
    this.expect(attribute.name !== "", `${at}: an attribute without a name`);
    const { f, i, s, t, g, floats, ints, strings, tensors, graphs } = attribute;
    const filled: Readonly<Record<string, boolean>> = {
      FLOAT: f !== 0,
      INT: i !== 0n,
      STRING: s.length > 0,
      TENSOR: t !== undefined,
      GRAPH: g !== undefined,
      FLOATS: floats.length > 0,
      INTS: ints.length > 0,
      STRINGS: strings.length > 0,
      TENSORS: tensors.length > 0,
      GRAPHS: graphs.length > 0,
    };
    const type = AttributeType[attribute.type];
    this.expect(type in filled, `${where}: no type`);
    this.expect(!["TENSOR", "GRAPH"].includes(type) || filled[type] === true, `${where}: nothing of its type`);
    for (const [other, there] of Object.entries(filled))
      this.expect(!there || other === type, `${where}: ${other} in a ${type}`);
    for (const tensor of t ? [t, ...tensors] : tensors) this.#tensor(tensor, where);
    for (const graph of g ? [g, ...graphs] : graphs) this.graph(graph, visible);
  }

  #tensor(tensor: TensorProto, at: string): void {
    const type = dataTypeName(tensor.dataType);
    this.expect(type !== undefined, `${at}: element type ${tensor.dataType}`);
    this.expect(tensor.dataLocation === TensorProto_DataLocation.DEFAULT, `${at}: its data lies in another file`);
    const { rawData, floatData, int32Data, int64Data, doubleData, uint64Data, stringData } = tensor;
    const lists = [floatData, int32Data, int64Data, doubleData, uint64Data, stringData].filter(
      (list) => list.length > 0,
    );
    const size = sizeOf(tensor.dims.map(Number));
    this.expect(
      lists.length + (rawData.length > 0 ? 1 : 0) === (size > 0 ? 1 : 0),
      `${at}: data in ${lists.length} lists`,
    );
    const bytes = elementBytes[type ?? ""];
    this.expect(
      lists.length > 0 || rawData.length === size * (bytes ?? Number.NaN),
      `${at}: ${rawData.length} bytes for ${size}`,
    );
  }
}

const elementBytes: Readonly<Record<string, number>> = {
  ...{ float32: 4, float64: 8, float16: 2, bfloat16: 2, bool: 1, int8: 1, uint8: 1 },
  ...{ int16: 2, uint16: 2, int32: 4, uint32: 4, int64: 8, uint64: 8 },
};

function unique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function within(count: number, [fewest, most]: readonly [number, number]): boolean {
  return count >= fewest && (most < 0 || count <= most);
}
