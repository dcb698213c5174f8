/** @file The passes that leave a graph with numbers alone, and find the output that holds the class scores. */

import { type Dim, dimsOf, type Graph, type Value } from "../../onnx/graph.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Model } from "../model.js";
import { type ChosenOutput, chooseOutput } from "../scores/choose-output.js";
import { beforeSqueeze, lacksBatch, withBatchOfOne } from "../scores/with-batch.js";
import { aboutOutputs } from "../tasks/task-notes.js";
import { definePass, type PassContext } from "./pass.js";

export const cutTexts = definePass({
  name: "cut-texts",
  does: "Cuts off texts and maps behind the scores, and keeps the class names among them.",
  needs: ["graph", "card"],
  gives: ["graph", "card"],
  async apply({ graph, card }) {
    const hasTexts = (graph.texts?.size ?? 0) > 0 || graph.nodes.some(({ domain }) => domain === "ai.onnx.ml");
    if (!hasTexts) return { graph, card };
    const { cutTexts: withoutTexts } = await import("../scores/cut-texts.js");
    const { graph: numbersOnly, classes } = withoutTexts(graph);
    return { graph: numbersOnly, card: card.classes || !classes ? card : { ...card, classes } };
  },
});

export const findOutput = definePass({
  name: "find-output",
  does: "Finds the output with the class scores: the caller's, else the likeliest, with a note that lists all; one for a single image gets its batch back.",
  needs: ["graph", "input", "oneByOne", "card", "beside"],
  gives: ["graph", "input", "oneByOne", "output"],
  async apply({ card, beside, ...model }, context) {
    const { given, output: choice } = context.options;
    const counts = [given?.classes, card.classes, beside?.classes].flatMap((names) => names?.length ?? []);
    const { graph, input } = model;
    const ofTask = graph.outputs.length > 1 ? await import("../tasks/among-outputs.js") : undefined;
    const hints = { choice: choice ?? ofTask?.scoresOfTexts(graph), counts, batch: input.dims?.[0] };
    const chosen = chooseOutput(graph, hints, context.where);
    const notes = ofTask?.isScoreOfMap(graph, chosen.output) ? [] : outputNotes(graph, chosen);
    return { ...(await withBatch(model, chosen.output, context)), notes };
  },
});

type WithOutput = Pick<Model, "graph" | "input" | "oneByOne" | "output">;

async function withBatch(
  model: Pick<Model, "graph" | "input" | "oneByOne">,
  output: Value,
  { runtime }: PassContext,
): Promise<WithOutput> {
  const { graph, input } = model;
  const batch = input.dims?.[0];
  if (!lacksBatch(graph, output, batch)) return { ...model, output };
  const squeezed = beforeSqueeze(graph, output);
  if (squeezed !== undefined) return { ...model, output: squeezed };
  const single: readonly Dim[] | undefined = input.dims && [1, ...input.dims.slice(1)];
  const one = { ...input, dims: single };
  const inputs = graph.inputs.map((each) => (each.name === input.name ? one : each));
  const rewritten = withBatchOfOne({ ...graph, inputs }, output);
  return {
    graph: await inferTypes(rewritten.graph, runtime),
    input: one,
    oneByOne: true,
    output: rewritten.output,
  };
}

/** What a file with several outputs gives, and which of them is explained. */
function outputNotes(graph: Graph, { output, reason }: ChosenOutput): string[] {
  if (reason === undefined || graph.outputs.length < 2) return [];
  const list = graph.outputs.map(
    ({ name }) =>
      `"${name}" [${
        dimsOf(graph, name)
          ?.map((size) => size || "?")
          .join(", ") ?? "?"
      }]`,
  );
  return [`${aboutOutputs}${list.join(", ")}: "${output}" is explained, because ${reason} (--output chooses another)`];
}
