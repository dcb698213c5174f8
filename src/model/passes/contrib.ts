/** @file The pass over files that onnxruntime optimised and saved. */

import { expandContrib, hasContrib } from "../../onnx/rewrite/contrib.js";
import { inferTypes } from "../../runtime/infer-types.js";
import { definePass } from "./pass.js";

export const expandOptimised = definePass({
  name: "expand-optimised",
  does: "Writes out operators that onnxruntime puts in the place of several standard ones when it optimises a file.",
  needs: ["graph"],
  gives: ["graph"],
  apply: async ({ graph }, { runtime }) => ({
    graph: hasContrib(graph) ? expandContrib(await inferTypes(graph, runtime)) : graph,
  }),
});
