/** @file open_clip_config.json of OpenCLIP. */

import type { Json } from "../../../formats/json.js";
import { isObject } from "../../../foundation/check.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { numbersIn, resampleIn, sizeIn } from "../fields.js";
import type { SettingsReader } from "./reader.js";

/** How OpenCLIP resizes, by its `resize_mode`: to the shorter side and the middle, to the longer side with margins, or stretched. */
const fits: Readonly<Record<string, Partial<Preprocessing>>> = {
  shortest: { fit: "crop", cropFraction: 1 },
  longest: { fit: "letterbox" },
  squash: { fit: "stretch" },
};

function read({ model_cfg: model, preprocess_cfg: settings }: Json) {
  if (!isObject(settings)) return {};
  const vision = isObject(model) && isObject(model.vision_cfg) ? model.vision_cfg : {};
  const [mean, std] = [numbersIn(settings.mean), numbersIn(settings.std)];
  return {
    preprocessing: {
      ...sizeIn(vision.image_size),
      ...fits[typeof settings.resize_mode === "string" ? settings.resize_mode : "shortest"],
      ...resampleIn(settings.interpolation ?? "bicubic"),
      scale: 1 / 255,
      ...(mean ? { mean } : {}),
      ...(std ? { std } : {}),
    },
  };
}

export const openClip: SettingsReader = { file: "open_clip_config.json", read };
