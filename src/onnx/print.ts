/** @file A graph as text, one node per line. */

import { type Attribute, type Dim, type Graph, typeOf, type Value } from "./graph.js";

/** `float32[N, 3, 224, 224]`; unknown sizes are `?`. */
export function printType(type: string | undefined, dims: readonly Dim[] | undefined): string {
  if (type === undefined) return "?";
  return dims === undefined ? type : `${type}[${dims.map((dim) => (dim === "" ? "?" : dim)).join(", ")}]`;
}

/** The whole graph: inputs, nodes as `outputs = Op(inputs) {attributes} : types`, outputs. */
export function printGraph(graph: Graph): string {
  return graphLines(graph).join("\n");
}

/** As `printGraph`, line by line. */
export function graphLines(graph: Graph): string[] {
  const show = (value: Value) => {
    const { type, dims } = typeOf(graph, value) ?? {};
    return printType(type, dims);
  };
  const lines = graph.inputs.map(({ name }) => `input  ${name} : ${show(name)}`);
  for (const [name, tensor] of graph.initializers)
    lines.push(`weight ${name} : ${printType(tensor.type, tensor.dims)}`);
  for (const node of graph.nodes) {
    const attributes = Object.entries(node.attributes).map(([key, value]) => `${key}=${printAttribute(value)}`);
    const braces = attributes.length > 0 ? ` {${attributes.join(", ")}}` : "";
    const call = `${node.domain ? `${node.domain}.` : ""}${node.op}(${node.inputs.join(", ")})${braces}`;
    lines.push(`${node.outputs.join(", ")} = ${call} : ${node.outputs.map(show).join(", ")}`);
  }
  for (const { name } of graph.outputs) lines.push(`output ${name} : ${show(name)}`);
  return lines;
}

function printAttribute({ type, value }: Attribute): string {
  switch (type) {
    case "int":
    case "float":
    case "string":
      return String(value);
    case "ints":
    case "floats":
    case "strings":
      return `[${value.join(", ")}]`;
    case "tensor":
      return printType(value.type, value.dims);
    case "graph":
      return `graph of ${value.nodes.length} nodes`;
    case "opaque":
      return "…";
  }
}
