/** @file Settings of timm: `pretrained_cfg`, or the same fields at the top of a config.json. */

import type { Json } from "../../../formats/json.js";
import { isObject } from "../../../foundation/check.js";
import type { Preprocessing } from "../../../image/input/preprocessing.js";
import { classesIn } from "../../labels/from-value.js";
import { numberIn, numbersIn, resampleIn, sizeIn } from "../fields.js";
import type { Sidecar } from "../sidecar.js";

/** timm's own settings in JSON; undefined in JSON of other tools. */
export function timmSettings(json: Json): Json | undefined {
  const nested = [json.pretrained_cfg, json.data_config].find(isObject);
  return nested ?? (Array.isArray(json.input_size) && (json.mean ?? json.crop_pct) !== undefined ? json : undefined);
}

/** Many networks were measured at a larger size than they were trained at, with another crop. */
export function readTimmTest(settings: Json): Partial<Preprocessing> | undefined {
  const { test_input_size: size, test_crop_pct: crop = settings.crop_pct } = settings;
  return Array.isArray(size) ? readTimm({ ...settings, input_size: size, crop_pct: crop }) : undefined;
}

/** As timm's `resolve_data_config` and `create_transform` read it, for evaluation. */
export function readTimm(settings: Json): Partial<Preprocessing> {
  const size = sizeIn(numbersIn(settings.input_size)?.slice(1));
  const square = size === undefined || size.height === size.width;
  const mean = numbersIn(settings.mean) ?? [0.485, 0.456, 0.406];
  const fit = fitOf(settings, size, mean);
  // timm resizes to a longer side with its default filter, whatever the settings say.
  const filter = fit.fit === "crop" && !square ? "bilinear" : (settings.interpolation ?? "bicubic");
  return {
    ...size,
    ...fit,
    // "random" is for training; evaluation takes the first of its filters.
    ...resampleIn(filter === "random" ? "bilinear" : filter),
    scale: 1 / 255,
    mean,
    std: numbersIn(settings.std) ?? [0.229, 0.224, 0.225],
  };
}

type Size = Pick<Preprocessing, "height" | "width">;

function fitOf(settings: Json, size: Size | undefined, mean: readonly number[]): Partial<Preprocessing> {
  const fraction = Math.min(1, numberIn(settings.crop_pct) ?? 0.875);
  const enlarged = size && { height: Math.floor(size.height / fraction), width: Math.floor(size.width / fraction) };
  const resize = enlarged && fraction < 1 ? { resize: enlarged } : {};
  if (settings.crop_mode === "squash") return { fit: "stretch", ...resize };
  if (settings.crop_mode === "border")
    return { fit: "letterbox", padding: mean.map((value) => Math.round(255 * value)) };
  return { fit: "crop", cropFraction: fraction, ...resize };
}

/** timm lists WordNet ids with descriptions where a dataset has both. */
export function timmClasses({ label_names: names, label_descriptions: descriptions }: Json): Pick<Sidecar, "classes"> {
  const listed =
    Array.isArray(names) && isObject(descriptions)
      ? names.map((name) => (typeof name === "string" ? descriptions[name] : undefined) ?? name)
      : names;
  const classes = classesIn(listed);
  return classes ? { classes } : {};
}
