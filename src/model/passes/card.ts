/** @file The pass that reads the model's card. */

import { modelCard } from "../card.js";
import { definePass } from "./pass.js";

export const readCard = definePass({
  name: "read-card",
  does: "Reads class names, preprocessing and provenance from the file's metadata.",
  needs: ["graph"],
  gives: ["card"],
  apply: ({ graph }) => ({ card: modelCard(graph) }),
});
