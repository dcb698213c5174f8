/** @file The one Lambda that Keras 2 itself put into its applications, in InceptionResNetV2: `inputs[0] + inputs[1] * scale`. */

import { isObject, type Json, Settings } from "../../json.js";
import type { LayerType } from "./layer-type.js";
import { merging } from "./merging.js";

const source = /keras(_applications|[/\\](src[/\\])?applications)[/\\]inception_resnet_v2\.py/;

/** What it does, if the stored code comes from Keras' own file; undefined for any other Lambda. */
export function kerasLambda(config: Json): LayerType | undefined {
  const given = config.arguments;
  const [code] = Array.isArray(config.function) ? config.function : [];
  if (!isObject(given) || Object.keys(given).join() !== "scale" || !source.test(decoded(code))) return undefined;
  return {
    emit: (call) => {
      const settings = new Settings(given, call.settings.where);
      return (merging.CustomScaleLayer as LayerType).emit({ ...call, settings });
    },
  };
}

/** The compiled code, which names the file that it comes from. */
function decoded(code: unknown): string {
  try {
    return typeof code === "string" ? atob(code) : "";
  } catch {
    return "";
  }
}
