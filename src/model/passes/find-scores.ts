/** @file The pass that finds the class scores behind the probabilities that a file gives. */

import { Builder } from "../../onnx/builder.js";
import { copyGraph, dimsOf, type Graph, type Value } from "../../onnx/graph.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Model } from "../model.js";
import { type Ending, findEnding } from "../scores/ending.js";
import { mayNormalise } from "../scores/may-normalise.js";
import type { Statement } from "../scores/probe.js";
import { definePass, type PassContext } from "./pass.js";

type Found = Pick<Model, "graph" | "scores" | "ending" | "probabilities" | "notes">;

export const findScores = definePass({
  name: "find-scores",
  does: "Finds the scores before a final softmax or sigmoid, however it is written and whatever follows; of other probabilities the logarithm.",
  needs: ["graph", "input", "output"],
  gives: ["graph", "scores", "ending", "probabilities"],
  async apply(model, context) {
    const ending = findEnding(model.graph, model.output);
    if (ending) return withTypes(scoresBefore(model, ending), model.graph, context);
    return withTypes(await scoresOfProbe(model, context), model.graph, context);
  },
});

function scoresBefore({ graph, output }: Pick<Model, "graph" | "output">, ending: Ending): Found {
  const op = new Builder(copyGraph(graph));
  const scores = ending.scores(op);
  const name = ending.kind === "softmax" && ending.isLog ? "log-softmax" : ending.kind;
  if (ending.changes.length === 0)
    return { graph: op.graph, scores, ending: name, probabilities: undefined, notes: [] };
  const probabilities = op.named(op.fresh(`${output}/probabilities`), ending.undo(op, output));
  const how = ending.changes.join(" and ");
  const notes = [`the output "${output}" is a ${name}, ${how}: the scores before it are explained`];
  return { graph: op.graph, scores, ending: name, probabilities, notes };
}

/** Where an output holds probabilities of another making, their logarithm. */
async function scoresOfProbe(
  { graph, input, output }: Pick<Model, "graph" | "input" | "output">,
  { runtime }: PassContext,
): Promise<Found> {
  const none: Found = { graph, scores: output, ending: "none", probabilities: undefined, notes: [] };
  const hasPlaces =
    dimsOf(graph, output)
      ?.slice(2)
      .some((size) => size !== 1) ?? false;
  if (hasPlaces || !mayNormalise(graph, output)) return none;
  const { probeOutput } = await import("../scores/probe.js");
  const statement = await probeOutput(graph, input, output, runtime);
  return statement === undefined ? none : logarithmOf(graph, output, statement);
}

/** The smallest normal number of float32, of which the logarithm is finite. */
const tiny = 2 ** -126;

function logarithmOf(graph: Graph, output: Value, statement: Statement): Found {
  const op = new Builder(copyGraph(graph));
  const shares = {
    probabilities: () => op.Identity(output),
    percentages: () => op.Mul(output, op.scalar(1 / 100)),
    logarithms: () => op.Exp(output),
  } as const;
  const probabilities = op.named(op.fresh(`${output}/probabilities`), shares[statement]());
  const isLog = statement === "logarithms";
  const logarithm = isLog ? op.Identity(output) : op.Log(op.Max(probabilities, op.scalar(tiny)));
  const scores = op.named(op.fresh(`${output}/log_probabilities`), logarithm);
  const notes = [
    `the output "${output}" holds ${isLog ? "logarithms of probabilities" : statement} that no single softmax of the file makes: the logarithm of a class's probability is explained`,
  ];
  return { graph: op.graph, scores, ending: "softmax", probabilities, notes };
}

/** With the types of the values that were appended. */
async function withTypes(found: Found, { nodes }: Graph, { runtime }: PassContext): Promise<Found> {
  if (found.graph.nodes.length === nodes.length) return found;
  return { ...found, graph: await inferTypes(found.graph, runtime) };
}
