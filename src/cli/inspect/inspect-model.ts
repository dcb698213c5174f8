/** @file Finds the layers of a model that can be explained, its parameters and its preprocessing. */

import { FoveaError } from "../../foundation/error.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { explainableLayers } from "../../model/layers/find-layers.js";
import type { Model } from "../../model/model.js";
import { type ChosenPreprocessing, preprocessingOf } from "../../model/preprocessing.js";
import { parameterCount } from "../../model/summary.js";
import { notesForTask } from "../../model/tasks/task-notes.js";
import { distancesTo } from "../../onnx/prune.js";
import { type GridFlags, gridOptions } from "../options/model-options.js";

export type Inspection = ReturnType<typeof inspectModel>;

export function inspectModel(model: Model, flags: GridFlags) {
  const grid = gridOptions(flags);
  const distances = distancesTo(model.graph, model.scores);
  const layers = explainableLayers(model, grid).map((layer) => ({
    ...layer,
    distance: distances.get(layer.name) ?? 0,
  }));
  const automatic = layers.length > 0 ? chooseLayer(model, "auto", grid) : undefined;
  return {
    layers,
    /** The layer that `--layer auto` takes. */
    automatic,
    notes: [...notesForTask(model), ...(automatic?.doubt === undefined ? [] : [automatic.doubt])],
    parameters: parameterCount(model.graph),
    preprocessing: pictureInput(model),
  };
}

/** Undefined for inputs that are no pictures. */
function pictureInput(model: Model): ChosenPreprocessing | undefined {
  try {
    return preprocessingOf(model);
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}
