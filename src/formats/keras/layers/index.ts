/** @file Every kind of layer that is translated. */

import { isObject } from "../../../foundation/check.js";
import { FoveaError } from "../../../foundation/error.js";
import { show } from "../../json.js";
import { instead, type KerasLayer } from "../config.js";
import { activationLayers } from "./activations.js";
import { arrayOperations } from "./array-operations.js";
import { convolutions } from "./convolutions.js";
import { kerasLambda } from "./keras-lambda.js";
import type { LayerType, LayerTypes } from "./layer-type.js";
import { merging } from "./merging.js";
import { normalizations } from "./normalizations.js";
import { arithmetic } from "./operations.js";
import { recurrent } from "./recurrent.js";
import { shapes } from "./shapes.js";
import { tfFunction, tfOperator } from "./tf-functions.js";

export const layerTypes = {
  ...activationLayers,
  ...convolutions,
  ...normalizations,
  ...recurrent,
  ...shapes,
  ...merging,
};
const operations: LayerTypes = { ...arrayOperations, ...arithmetic };

/** @throws FoveaError `unsupported-operator` for a Lambda, somebody's own class, or one that is not translated */
export function typeOfLayer(layer: KerasLayer, where: string): LayerType {
  const type = findType(layer);
  if (type) return type;
  const got = `got ${kindOf(layer)}: ${instead}`;
  throw new FoveaError("unsupported-operator", `${where}: expected a layer that Fovea knows, ${got}`);
}

function findType({ className, module, registered, config }: KerasLayer): LayerType | undefined {
  if (className === "Lambda") return kerasLambda(config);
  if (tfClasses.has(className)) return tfFunction(config.function, operations);
  if (className === "TensorFlowOpLayer") return tfOperator(config, operations);
  if (registered.includes(">") || (module === "" && className.includes(">"))) return undefined;
  // Where the file names no module, an operation is told from the layer of the same name by a setting that all layers have.
  const bare = module === "" && !("trainable" in config) && Object.hasOwn(operations, className);
  const types: LayerTypes = module.startsWith("keras.src.ops.") || bare ? operations : layerTypes;
  return Object.hasOwn(types, className) ? types[className] : undefined;
}

/** Classes by which Keras 2 records calls of TensorFlow between layers. */
const tfClasses = new Set(["TFOpLambda", "SlicingOpLambda"]);

/** A name without quotes around it. */
function nameIn(value: unknown): string {
  return typeof value === "string" ? value : show(value);
}

function kindOf({ className, registered, config }: KerasLayer): string {
  if (className === "Lambda") return "Python code (a Lambda)";
  if (tfClasses.has(className)) return `TensorFlow's function ${nameIn(config.function)}`;
  if (isObject(config.node_def)) return `TensorFlow's operator ${nameIn(config.node_def.op)}`;
  return `a layer of type ${registered || className}`;
}
