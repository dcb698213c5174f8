/** @file The pass that compares images with the user's texts. */

import type { Graph } from "../../onnx/graph.js";
import { toFloat32 } from "../../onnx/rewrite/precision.js";
import type { Sidecar } from "../settings/sidecar.js";
import { boundWork, inferTypes } from "./bounds.js";
import { refuseLongLoops } from "./control-flow.js";
import { expandOptimised } from "./optimised.js";
import { type Draft, definePass, type PassContext } from "./pass.js";

export const pinTexts = definePass({
  name: "pin-texts",
  does: "Makes constants of what the network of texts gives for the user's, so that each is a class with a score, and cuts that network off.",
  needs: ["graph", "beside"],
  gives: ["graph", "beside"],
  async apply({ graph, beside }, context) {
    const { where, runtime, options } = context;
    if (options.texts === undefined) return { graph, beside };
    const { pinTexts: pin } = await import("../texts/pin-texts.js");
    const pinned = await pin(graph, options.texts, { where, runtime, guard: (each) => guarded(each, context) });
    return { graph: pinned.graph, beside: await withMakersRecipe(beside, pinned.hasBias), notes: pinned.notes };
  },
});

/** The passes that a network runs only behind. */
async function guarded(graph: Graph, context: PassContext): Promise<Graph> {
  let draft: Draft & { readonly graph: Graph } = { graph: toFloat32(graph).graph, notes: [] };
  for (const pass of [refuseLongLoops, expandOptimised, inferTypes, boundWork])
    draft = { ...draft, ...(await pass.apply(draft, context)) };
  return draft.graph;
}

/** The settings, with those of CLIP or SigLIP where nobody says how pixels become numbers. */
async function withMakersRecipe(beside: Sidecar | undefined, isSiglip: boolean): Promise<Sidecar> {
  const { joinSidecars } = await import("../settings/join-sidecars.js");
  const { makersRecipe } = await import("../texts/makers-recipe.js");
  const recipe = makersRecipe(isSiglip);
  return joinSidecars(beside ? [beside, recipe] : [recipe]) ?? recipe;
}
