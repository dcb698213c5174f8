/** @file Pins a model's texts while it is opened: behind the guards of everything that is run, and with its makers' recipe for pixels. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, runInputs } from "../../onnx/graph.js";
import { toFloat32 } from "../../onnx/rewrite/precision.js";
import type { Model } from "../model.js";
import { boundWork, inferTypes } from "../passes/bounds.js";
import { refuseLongLoops } from "../passes/control-flow.js";
import { expandOptimised } from "../passes/optimised.js";
import type { Draft, PassContext } from "../passes/pass.js";
import { joinSidecars } from "../settings/join-sidecars.js";
import { makersRecipe } from "./makers-recipe.js";
import { pinTexts } from "./pin-texts.js";
import type { TextQuestion } from "./text-options.js";
import { ownTokenizer } from "./tokenizer.js";
import { twoTowersOf } from "./two-towers.js";

type Unpinned = Pick<Model, "graph" | "beside">;

/** @throws FoveaError as `pinTexts` does; nothing where texts are optional, and the network does not compare any */
export async function pinForModel(
  { graph, beside }: Unpinned,
  question: TextQuestion,
  context: PassContext,
): Promise<Unpinned & Pick<Model, "notes">> {
  if (!(await reads(question, graph))) return { graph, beside, notes: [] };
  const { where, runtime } = context;
  const pinned = await pinTexts(graph, question, { where, runtime, guard: (each) => guarded(each, context) });
  const recipe = makersRecipe(pinned.hasBias);
  return { graph: pinned.graph, beside: joinSidecars(beside ? [beside, recipe] : [recipe]), notes: pinned.notes };
}

/** Whether texts are to be compared: where they are optional, the network must read some, and have a tokenizer. */
async function reads({ optional = false, textTower, tokenizer }: TextQuestion, graph: Graph): Promise<boolean> {
  if (!optional) return true;
  const hasTower = runInputs(graph).length > 1 ? twoTowersOf(graph) : await textTower?.();
  if (hasTower === undefined) return false;
  try {
    await tokenizer(ownTokenizer(graph));
    return true;
  } catch (error) {
    if (error instanceof FoveaError && error.code === "not-found") return false;
    throw error;
  }
}

/** The passes that a network runs only behind. */
async function guarded(graph: Graph, context: PassContext): Promise<Graph> {
  let draft: Draft & { readonly graph: Graph } = { graph: toFloat32(graph).graph, notes: [] };
  for (const pass of [refuseLongLoops, expandOptimised, inferTypes, boundWork])
    draft = { ...draft, ...(await pass.apply(draft, context)) };
  return draft.graph;
}
