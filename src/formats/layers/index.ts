/** @file Every kind of layer that is translated. */

import { FoveaError } from "../../error.js";
import { instead, type KerasLayer } from "../keras-config.js";
import { activationLayers } from "./activations.js";
import { convolutions } from "./convolutions.js";
import { kerasLambda } from "./keras-lambda.js";
import type { LayerType } from "./layer-type.js";
import { merging } from "./merging.js";
import { normalizations } from "./normalizations.js";
import { operations } from "./operations.js";
import { shapes } from "./shapes.js";
import { tfFunction } from "./tf-functions.js";

export const layerTypes = { ...activationLayers, ...convolutions, ...normalizations, ...shapes, ...merging };

/** @throws FoveaError `unsupported-operator` for a Lambda, somebody's own class, or one that is not translated */
export function typeOfLayer(layer: KerasLayer, where: string): LayerType {
  const { className, module, registered, config } = layer;
  // Where the file names no module, an operation is told from the layer of the same name by what all layers have.
  const bare = module === "" && !("trainable" in config) && Object.hasOwn(operations, className);
  const own = module.startsWith("keras.src.ops.") || bare;
  const types = own ? operations : layerTypes;
  const code = className === "Lambda" ? kerasLambda(config) : undefined;
  const recorded = isRecorded(layer) ? tfFunction(config.function) : code;
  if (recorded) return recorded;
  const foreign = (module === "" && className.includes(">")) || registered.includes(">");
  const type = Object.hasOwn(types, className) && !foreign ? types[className as keyof typeof types] : undefined;
  if (type) return type;
  const other = isRecorded(layer)
    ? `TensorFlow's function ${config.function}`
    : `a layer of type ${registered || className}`;
  const kind = className === "Lambda" ? "Python code (a Lambda)" : other;
  throw new FoveaError("unsupported-operator", `${where}: expected a layer that Fovea knows, got ${kind}: ${instead}`);
}

/** Whether Keras 2 recorded a call of TensorFlow as a layer. */
function isRecorded({ className }: KerasLayer): boolean {
  return className === "TFOpLambda" || className === "SlicingOpLambda";
}
