/** @file Inlines the functions that a file brings along: an operator with a body becomes the nodes of that body. */

import { clone, create, toBinary } from "@bufbuild/protobuf";
import { FoveaError } from "../../foundation/error.js";
import { emittedOpset } from "../graph.js";
import { Names } from "../names.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
} from "../proto/onnx_pb.js";

/** Calls within calls. Exporters that make a function of each module of a network stay far below. */
const deepestCall = 32;
/** Bytes that all copies of bodies may take: functions that call others twice, and so on, double with each of them. */
const mostCopied = 2 ** 26;
/** The bytes of a copied node besides its content. */
const nodeBytes = 1024;

/**
 * Replaces every call of a function of the file, those in subgraphs and in other functions included. Names of the body
 * begin with the calling node's name.
 * @throws FoveaError `bad-graph` for a function that calls itself, for calls that grow without measure, or one written for another, older opset
 */
export function inlineFunctions(model: ModelProto, where: string): void {
  if (model.functions.length === 0 || model.graph === undefined) return;
  const functions = new Map(model.functions.map((body) => [keyOf(body.domain, body.name, body.overload), body]));
  const inliner = new Inliner(model, functions, where);
  inliner.graph(model.graph, []);
  model.functions = [];
}

function keyOf(domain: string, name: string, overload: string): string {
  return `${domain === "ai.onnx" ? "" : domain}.${name}${overload ? `:${overload}` : ""}`;
}

class Inliner {
  readonly #model: ModelProto;
  readonly #functions: ReadonlyMap<string, FunctionProto>;
  readonly #where: string;
  readonly #names = new Names();
  readonly #sizes = new Map<FunctionProto, number>();
  #copiedBytes = 0;
  /** Of the names of calls, which the names in each copy begin with. */
  #copiedText = 0;

  constructor(model: ModelProto, functions: ReadonlyMap<string, FunctionProto>, where: string) {
    this.#model = model;
    this.#functions = functions;
    this.#where = where;
    if (model.graph) this.#note(model.graph);
  }

  /** @param calls the functions that are being inlined */
  graph(graph: GraphProto, calls: readonly string[]): void {
    graph.node = graph.node.flatMap((node) => this.#expand(node, calls));
  }

  #note(graph: GraphProto): void {
    for (const { name } of [...graph.input, ...graph.initializer]) this.#names.add(name);
    for (const node of graph.node) {
      for (const name of [node.name, ...node.output]) this.#names.add(name);
      for (const inner of subgraphs(node)) this.#note(inner);
    }
  }

  #expand(node: NodeProto, calls: readonly string[]): NodeProto[] {
    for (const inner of subgraphs(node)) this.graph(inner, calls);
    const key = keyOf(node.domain, node.opType, node.overload);
    const body = this.#functions.get(key);
    if (body === undefined) return [node];
    if (calls.includes(key)) throw this.#error(node, "calls itself: expected no cycle");
    if (calls.length >= deepestCall)
      throw this.#error(node, `is called by ${calls.length} others in turn: expected fewer`);
    this.#copiedBytes += this.#sizeOf(body);
    this.#copiedText += prefixOf(node, body).length * namesOf(body);
    if (this.#copiedBytes > mostCopied || this.#copiedText > mostCopied)
      throw this.#error(node, "multiplies without measure: expected fewer calls");
    this.#adoptOpsets(node, body);
    return this.#instance(node, body).flatMap((inner) => this.#expand(inner, [...calls, key]));
  }

  #sizeOf(body: FunctionProto): number {
    const size = this.#sizes.get(body) ?? toBinary(FunctionProtoSchema, body).length + nodeBytes * body.node.length;
    this.#sizes.set(body, size);
    return size;
  }

  #instance(node: NodeProto, body: FunctionProto): NodeProto[] {
    const prefix = prefixOf(node, body);
    const names = new Map<string, string>([["", ""]]);
    body.input.forEach((formal, i) => {
      names.set(formal, node.input[i] ?? "");
    });
    const produced = new Set(body.node.flatMap(({ output }) => output));
    body.output.forEach((formal, i) => {
      const actual = node.output[i];
      if (actual && produced.has(formal)) names.set(formal, actual);
    });
    const renameValue = (name: string) => {
      const existing = names.get(name);
      if (existing !== undefined) return existing;
      const fresh = this.#names.fresh(`${prefix}/${name}`);
      names.set(name, fresh);
      return fresh;
    };
    const attributes = new Map([...body.attributeProto, ...node.attribute].map((each) => [each.name, each]));
    const nodes = body.node.map((inner) => this.#copy(inner, prefix, renameValue, attributes));
    const identities = body.output.flatMap((formal, i) => {
      const actual = node.output[i];
      if (!actual || produced.has(formal)) return [];
      const name = this.#names.fresh(`${prefix}/Identity`);
      return [create(NodeProtoSchema, { name, opType: "Identity", input: [renameValue(formal)], output: [actual] })];
    });
    return [...nodes, ...identities];
  }

  #copy(
    node: NodeProto,
    prefix: string,
    renameValue: (name: string) => string,
    attributes: ReadonlyMap<string, AttributeProto>,
  ): NodeProto {
    const copy = clone(NodeProtoSchema, node);
    copy.name = this.#names.fresh(`${prefix}/${node.name || node.opType}`);
    copy.input = node.input.map(renameValue);
    copy.output = node.output.map(renameValue);
    copy.attribute = copy.attribute.flatMap((attribute) => {
      if (attribute.refAttrName === "") return [attribute];
      const actual = attributes.get(attribute.refAttrName);
      return actual ? [Object.assign(clone(AttributeProtoSchema, actual), { name: attribute.name })] : [];
    });
    for (const inner of subgraphs(copy)) {
      for (const value of [...inner.input, ...inner.output, ...inner.initializer, ...inner.valueInfo]) {
        value.name = renameValue(value.name);
      }
      inner.node = inner.node.map((child) => this.#copy(child, prefix, renameValue, attributes));
    }
    return copy;
  }

  /** A body's operators are read as those of the model's opsets. */
  #adoptOpsets(node: NodeProto, body: FunctionProto): void {
    const domainOf = (opset: { readonly domain: string }) => (opset.domain === "ai.onnx" ? "" : opset.domain);
    for (const opset of body.opsetImport) {
      const domain = domainOf(opset);
      const modelOpset = this.#model.opsetImport.find((each) => domainOf(each) === domain);
      if (modelOpset === undefined) this.#model.opsetImport.push(opset);
      else if (domain === "" && modelOpset.version !== opset.version) {
        const older = Math.min(Number(modelOpset.version), Number(opset.version));
        if (older >= emittedOpset) continue;
        throw this.#error(node, `is written for opset ${opset.version}: expected the model's, ${modelOpset.version}`);
      }
    }
  }

  #error(node: NodeProto, message: string): FoveaError {
    const operator = `function ${node.domain}.${node.opType}`;
    return new FoveaError("bad-graph", `${this.#where}: node "${node.name}": ${operator} ${message}`);
  }
}

/** What the names of a call's nodes and values begin with. */
function prefixOf(node: NodeProto, body: FunctionProto): string {
  return node.name || node.output.find((output) => output !== "") || body.name;
}

/** How many names a call adds. */
function namesOf({ node }: FunctionProto): number {
  return node.reduce((sum, { output }) => sum + 1 + output.length, 0);
}

function subgraphs(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs]);
}
