/** @file A value computed step by step: appends a Scan. */

import type { Builder } from "../../../onnx/builder.js";
import { type Graph, typeOf, type Value } from "../../../onnx/graph.js";
import { ancestors } from "../../../onnx/prune.js";

/** Values carried from step to step, and values of which each step has its own. */
export interface Stepwise {
  readonly states: readonly Value[];
  readonly sequences: readonly Value[];
}

export interface ScanPlan extends Stepwise {
  /** Whether the last step comes first; sequences keep their order. */
  readonly reverse: boolean;
  /** Appends one step: from the states before it and the step's slices of the sequences to the states behind it and its results. */
  readonly step: (op: Builder, before: Stepwise) => Stepwise;
}

/** The states behind the last step, and the results of all steps, along axis 0 like the sequences. */
export function appendScan(op: Builder, { states, sequences, reverse, step }: ScanPlan): Stepwise {
  const body = op.inner();
  const declare = (value: Value) => body.input(body.fresh("step"), typeOf(op.graph, value)?.type ?? "float32");
  const [before, slices] = [states.map(declare), sequences.map(declare)];
  const after = step(body, { states: before, sequences: slices });
  const outputs = [...after.states, ...after.sequences];
  // An output has to be made by the body, and by no other output's name.
  const madeInside = new Set(body.graph.nodes.flatMap((node) => node.outputs));
  for (const output of outputs) body.output(madeInside.delete(output) ? output : body.Identity(output));
  keepOnlyUsed(body.graph);
  const along = (count: number) => Array<number>(count).fill(reverse ? 1 : 0);
  const attributes = {
    body: { type: "graph", value: body.graph } as const,
    num_scan_inputs: sequences.length,
    scan_input_directions: along(sequences.length),
    scan_output_directions: along(after.sequences.length),
  };
  const results: Value[] = op.node("Scan", [...states, ...sequences], attributes, outputs.length);
  return { states: results.slice(0, states.length), sequences: results.slice(states.length) };
}

function keepOnlyUsed(graph: Graph): void {
  const used = ancestors(
    graph,
    graph.outputs.map(({ name }) => name),
  );
  graph.nodes = graph.nodes.filter(({ outputs }) => outputs.some((output) => used.has(output)));
}
