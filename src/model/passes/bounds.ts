/** @file The passes that tell what a graph asks for, before any of it is run. */

import { inferTypes as withTypes } from "../../runtime/infer-types.js";
import { definePass } from "./pass.js";

export const inferTypes = definePass({
  name: "infer-types",
  does: "Infers the types and sizes of all values; nothing is computed yet.",
  needs: ["graph"],
  gives: ["graph"],
  apply: async ({ graph }, { runtime }) => ({ graph: await withTypes(graph, runtime) }),
});

export const boundWork = definePass({
  name: "bound-work",
  does: "Refuses what would take memory and time without measure, in loops and branches too, and guards divisions of whole numbers that end the process.",
  needs: ["graph"],
  gives: ["graph"],
  async apply({ graph }, { where, runtime }) {
    const { boundGraph } = await import("../bounds/bound-graph.js");
    return { graph: await boundGraph(graph, { where, runtime }) };
  },
});
