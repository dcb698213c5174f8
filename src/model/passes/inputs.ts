/** @file The passes that leave a graph with one input, the image. */

import { FoveaError } from "../../foundation/error.js";
import { type Graph, runInputs, type ValueInfo } from "../../onnx/graph.js";
import { withInputs } from "../inputs.js";
import { definePass } from "./pass.js";

export const giveInputs = definePass({
  name: "give-inputs",
  does: "Makes constants of all inputs whose values the caller gives.",
  needs: ["graph"],
  gives: ["graph", "constants"],
  apply({ graph }, { where, options: { inputs = {} } }) {
    return { graph: withInputs(graph, inputs, where), constants: inputs };
  },
});

export const findImageInput = definePass({
  name: "find-image-input",
  does: "Finds the image input, and refuses a graph that has other inputs left.",
  needs: ["graph"],
  gives: ["input", "oneByOne"],
  apply({ graph }, { where }) {
    const input = imageInput(graph, where);
    return { input, oneByOne: input.dims?.[0] === 1 };
  },
});

/** @throws FoveaError `bad-graph` for a graph that does not take exactly one float32 tensor */
function imageInput(graph: Graph, where: string): ValueInfo {
  const [input, ...others] = runInputs(graph);
  if (input !== undefined && others.length === 0 && input.type === "float32") return input;
  const got = [input, ...others].map((each) => (each ? `${each.type ?? "unknown"} "${each.name}"` : "nothing"));
  const hint = others.length > 0 ? ": give the others as arrays by name" : "";
  throw new FoveaError("bad-graph", `${where}: expected one float32 image input, got ${got.join(", ")}${hint}`);
}
