/** @file Collects what all parts of a run have in common. */

import { contentHash } from "../../../files/content-hash.js";
import { modelLine, type NamedModel } from "../../inputs/models.js";
import { describedRecipe } from "../../inputs/read-input.js";
import { platform } from "../../platform.js";
import { settingsOf } from "../settings.js";
import type { SameFacts } from "./same-facts.js";

/** @param notes assumptions besides the model's own */
export function sameFacts(named: NamedModel, data: string, flags: object, notes: readonly string[]): SameFacts {
  const { name, path, file, model } = named;
  return {
    model: {
      ...{ name, path, hash: contentHash(file), line: modelLine(named) },
      notes: [...model.notes, ...notes],
      recipe: describedRecipe(model),
    },
    data,
    settings: settingsOf(flags),
    versions: platform.versions,
  };
}
