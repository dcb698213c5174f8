/** @file What of `fovea explain` there is for signals, volumes and clips. */

import { FoveaError } from "../../../foundation/error.js";
import { inputAxes } from "../../../model/input/image-axes.js";
import type { Model } from "../../../model/model.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { asksForSteps } from "../asked-steps.js";

/** Whether a model takes signals, volumes or clips. */
export function takesGrids(model: Model): boolean {
  const { sizes } = inputAxes(model) ?? {};
  return sizes !== undefined && sizes.length !== 2;
}

/** @throws FoveaError `bad-input` for options that are for pictures alone */
export function checkGridFlags(flags: ExplainFlags): void {
  const { overlay, trust, agreement, augment, method, heatmap, out } = flags;
  const asked = {
    "--overlay": overlay,
    "--trust": trust,
    "--agreement": agreement,
    "--augment": augment,
    "--show-steps": asksForSteps(flags),
    "--method all": method === "all",
  };
  const [flag] = Object.entries(asked).find(([, given]) => given) ?? [];
  if (flag !== undefined)
    throw new FoveaError("bad-input", `${flag}: expected a model for pictures, got one for signals, volumes or clips`);
  if (heatmap && out !== undefined && /\.(png|jpe?g|webp|svg)$/i.test(out))
    throw new FoveaError(
      "bad-input",
      `--out ${out}: expected a name that ends in .npy for the heat map of a signal or volume`,
    );
}
