/** @file The passes over loops and branches, and the sizes of values that these decide. */

import { refuseEndlessLoops } from "../../onnx/read/limits.js";
import { foldConstants as withFoldedConstants } from "../../runtime/fold-sizes.js";
import { settleTypedControlFlow } from "../../runtime/settle.js";
import { checkSizes } from "../bounds/check-sizes.js";
import { definePass } from "./pass.js";

export const refuseLongLoops = definePass({
  name: "refuse-long-loops",
  does: "Refuses loops whose constants ask for more steps than any classifier takes.",
  needs: ["graph"],
  gives: [],
  apply({ graph }) {
    refuseEndlessLoops(graph, 1);
    return {};
  },
});

export const settleControlFlow = definePass({
  name: "settle-control-flow",
  does: "Replaces Ifs and Loops that constants and sizes decide by plain nodes.",
  needs: ["graph"],
  gives: ["graph"],
  apply: async ({ graph }, { runtime }) => ({ graph: await settleTypedControlFlow(graph, runtime) }),
});

export const foldConstants = definePass({
  name: "fold-constants",
  does: "Makes constants of axes, pads and shapes that a file computes from constants.",
  needs: ["graph"],
  gives: ["graph"],
  apply: async ({ graph }, { runtime }) => ({ graph: await withFoldedConstants(graph, runtime) }),
});

export const refuseVastValues = definePass({
  name: "refuse-vast-values",
  does: "Refuses values that are larger than anything that makes sense for one image.",
  needs: ["graph"],
  gives: [],
  apply({ graph }, { where }) {
    checkSizes(graph, where);
    return {};
  },
});
