/** @file The names of Keras models in the metadata of their graphs: they tell which network one is. */

import { parseJson } from "../../foundation/parse-json.js";
import type { KerasModel } from "./config.js";

const key = "keras.models";

/** Writes the names of a model and of the models inside it into the metadata of its graph. */
export function writeModelNames(metadata: Map<string, string>, model: KerasModel): void {
  metadata.set(key, JSON.stringify(namesOf(model)));
}

function namesOf({ name, layers }: KerasModel): string[] {
  return [name, ...layers.flatMap(({ model }) => (model ? namesOf(model) : []))];
}

/** The names of the model that a graph was made of, the outer first; undefined for a graph that was no Keras model. */
export function readModelNames(metadata: ReadonlyMap<string, string>): readonly string[] | undefined {
  const text = metadata.get(key);
  if (text === undefined) return undefined;
  try {
    const names: unknown = parseJson(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
