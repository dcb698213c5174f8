/** @file The pass that reads the model's card. */

import { FoveaError } from "../../foundation/error.js";
import { modelCard } from "../card.js";
import { readMetadata } from "../settings/metadata.js";
import { joinSidecars, type Sidecar, splitOwn } from "../settings/sidecar.js";
import { definePass } from "./pass.js";

export const readCard = definePass({
  name: "read-card",
  does: "Reads class names, preprocessing and provenance from the file's metadata, and joins what others wrote there with the files beside it.",
  needs: ["graph", "beside", "given"],
  gives: ["card", "beside"],
  apply({ graph, beside, given }) {
    const { own, others } = beside ? splitOwn(beside) : {};
    const { problems = [], ...settings } = joinSidecars([own, readMetadata(graph), others].filter(isSidecar)) ?? {};
    const [problem] = problems;
    if (problem !== undefined && given === undefined)
      throw new FoveaError("bad-file", `${problem}: mend it, or give its settings`);
    const notes = [
      ...problems.map((each) => `${each}: it is not used`),
      ...("notes" in settings ? (settings.notes ?? []) : []),
    ];
    return { card: modelCard(graph), beside: "origin" in settings ? settings : undefined, notes };
  },
});

function isSidecar(value: Sidecar | undefined): value is Sidecar {
  return value !== undefined;
}
