/** @file The level of a detector that made a box: its layers, and the maps of its boxes there. */

import { at } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import type { ChosenLayer } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { withTarget } from "../../model/targets/target.js";
import type { BoxScore } from "../../model/tasks/detection/box-score.js";
import type { DetectedBox } from "../../model/tasks/detection/detect.js";
import { levelLayers } from "../../model/tasks/detection/level-layers.js";
import type { DetectionLayout } from "../../model/tasks/found-task.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { createExplainer } from "../explainer.js";
import { fuseMaps } from "../fused.js";
import { createLayerMaps } from "../layer-maps.js";
import { type CamMethod, type GraphMethod, isPassMethod } from "../method.js";
import type { RunOptions } from "../options.js";
import type { ClassMaps } from "../run/class-maps.js";
import { boxMethod } from "./box-method.js";
import { type BoxExplainerOptions, defaultBoxMethod } from "./box-options.js";
import { windowLevel } from "./window-level.js";

/** With the runtime that is taken. */
type LevelOptions = BoxExplainerOptions & { readonly runtime: Runtime };

/** A box, and the score of it that is explained. */
export interface ScoredBox {
  readonly box: DetectedBox;
  readonly score: BoxScore;
}

/** What boxes of one level share. */
export interface Level {
  readonly layers: readonly ChosenLayer[];
  /** How many places of the last layer's map to each side a score sees; undefined where that is not known, or all. */
  readonly radius?: number;
  /** @param indices which of the target's scores */
  run(image: Tensor, indices: readonly number[], how: RunOptions): Promise<readonly BoxEvidence[]>;
  close(): Promise<void>;
}

interface BoxEvidence {
  readonly score: number;
  readonly evidence: FloatMap;
}

export async function openLevel(
  model: Model,
  layout: DetectionLayout,
  { box, score }: ScoredBox,
  options: LevelOptions,
): Promise<Level> {
  const { runtime, method: choice = defaultBoxMethod, layer } = options;
  const explained = await withTarget({ ...model, placeClasses: undefined }, score.target, runtime);
  const layers =
    layer === undefined ? levelLayers(explained, layout, box.row, box.classIndex) : [chooseLayer(explained, layer)];
  const method = boxMethod(choice);
  const isOneGraph = !isPassMethod(method) && "build" in method && method.at !== "image";
  if (!isOneGraph) return ofEachLayer(explained, layers, method, options);
  if (method.name !== defaultBoxMethod) return ofOneRun(explained, layers, method, options);
  const windows = await windowLevel(explained, layers, score, { runtime, against: options.against ?? false, method });
  return windows ? withFusedMaps(layers, windows) : ofOneRun(explained, layers, method, options);
}

/** What makes the maps of a score at every layer together. */
interface MapsOfScores extends Pick<Level, "radius" | "close"> {
  run(image: Tensor, indices: readonly number[], how: RunOptions): Promise<readonly ClassMaps[]>;
}

/** The maps of several layers as one; that of one as it is. */
function withFusedMaps(layers: readonly ChosenLayer[], maps: MapsOfScores): Level {
  return {
    ...maps,
    layers,
    async run(image, indices, how) {
      const each = await maps.run(image, indices, how);
      return each.map(({ score, evidence }) => ({
        score,
        evidence: evidence.length > 1 ? fuseMaps(evidence, "normalised") : at(evidence, 0),
      }));
    },
  };
}

/** All layers from one run, and back once for each box. */
function ofOneRun(
  model: Model,
  layers: readonly ChosenLayer[],
  method: GraphMethod,
  { runtime, against }: LevelOptions,
): Level {
  const { mapsOf: run, close } = createLayerMaps(model, { runtime, layers, method, against });
  return withFusedMaps(layers, { run, close });
}

async function ofEachLayer(
  model: Model,
  layers: readonly ChosenLayer[],
  method: CamMethod,
  { layer: _, ...options }: LevelOptions,
): Promise<Level> {
  const names = method.at === "image" ? {} : { layers: layers.map(({ name }) => name) };
  const explainer = await createExplainer(model, { ...options, ...names, method });
  return {
    layers: method.at === "image" ? [explainer.layer] : layers,
    async run(image, indices, how) {
      const explanation = (await explainer.explain(image, { ...how, classes: indices })).at(0);
      return explanation.classes.map(({ score }, k) => ({ score, evidence: explanation.evidence(k) }));
    },
    close: () => explainer.close(),
  };
}
