/** @file The pass that brings a graph to float32. */

import { toFloat32 } from "../../onnx/rewrite/precision.js";
import { definePass } from "./pass.js";

export const convertToFloat32 = definePass({
  name: "convert-to-float32",
  does: "Computes in float32 throughout, whichever floating types the file computes in.",
  needs: ["graph"],
  gives: ["graph", "precision"],
  apply: ({ graph }) => toFloat32(graph),
});
