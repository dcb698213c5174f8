/** @file Options that say something of boxes alone, or of classes of whole images alone. */

import { FoveaError } from "../../../foundation/error.js";
import type { NamedModel } from "../../inputs/models.js";
import type { GroupFlags } from "../../options/class-option.js";

interface BoxFlags {
  readonly conf?: number;
  readonly iou?: number;
}

/** @throws FoveaError `bad-input` for options of boxes with a model of another task */
export function refuseBoxOptions({ model }: NamedModel, { conf, iou }: BoxFlags): void {
  const name = conf !== undefined ? "--conf" : iou !== undefined ? "--iou" : undefined;
  if (name === undefined) return;
  throw new FoveaError("bad-input", `${name}: expected a detector, got a model for ${model.task.name}`);
}

/** @throws FoveaError `bad-input` for options of classes of whole images with a detector */
export function refuseClassOptions({ group: [group], split }: GroupFlags & { readonly split?: string }): void {
  const name = group !== undefined ? `--group ${group}` : split !== undefined ? `--split ${split}` : undefined;
  if (name === undefined) return;
  throw new FoveaError("bad-input", `${name}: expected a model with classes of whole images, got a detector`);
}
