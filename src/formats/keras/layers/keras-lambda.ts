/** @file The one Lambda that Keras 2 itself put into its applications, in InceptionResNetV2: `inputs[0] + inputs[1] * scale`. */

import { isObject } from "../../../foundation/check.js";
import { present } from "../../../foundation/present.js";
import { type Json, Settings } from "../../json.js";
import type { LayerType } from "./layer-type.js";

const source = /keras(_applications|[/\\](src[/\\])?applications)[/\\]inception_resnet_v2\.py/;

/** The layer that does the same, if the stored code comes from Keras' own file; undefined for any other Lambda. */
export function kerasLambda(config: Json): LayerType | undefined {
  const args = config.arguments;
  const [code] = Array.isArray(config.function) ? config.function : [];
  if (!isObject(args) || Object.keys(args).join() !== "scale" || !source.test(decodeBase64(code))) return undefined;
  return {
    emit: (call) => {
      const settings = new Settings(args, call.settings.where);
      return present(call.layers.CustomScaleLayer, "CustomScaleLayer").emit({ ...call, settings });
    },
  };
}

/** The compiled code, which names the file that it comes from. */
function decodeBase64(code: unknown): string {
  try {
    return typeof code === "string" ? atob(code) : "";
  } catch {
    return "";
  }
}
