/** @file How the makers of CLIP and SigLIP make numbers of pictures. */

import { presetNamed } from "../preprocessing/presets.js";
import type { Sidecar } from "../settings/sidecar.js";

/** What is assumed where no file says it. */
export function makersRecipe(isSiglip: boolean): Sidecar {
  const { parts } = presetNamed(isSiglip ? "signed" : "clip");
  const fit = isSiglip ? ({ fit: "stretch" } as const) : ({ fit: "crop", cropFraction: 1 } as const);
  return {
    origin: `assumed: as ${isSiglip ? "SigLIP" : "CLIP"} prepares pictures`,
    preprocessing: { ...parts, ...fit, resample: "cubic" },
  };
}
