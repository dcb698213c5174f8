/** @file Explains boxes of a detector: one map for each. */

import { groupBy } from "../foundation/group-by.js";
import { closeAll, Lifetime } from "../foundation/lifetime.js";
import { at } from "../foundation/present.js";
import { type FloatMap, floatMap } from "../image/map/heatmap.js";
import { chooseLayer } from "../model/layers/choose-layer.js";
import type { ChosenLayer } from "../model/layers/layer.js";
import type { Model } from "../model/model.js";
import { withTarget } from "../model/targets/target.js";
import { type BoxScore, boxScore } from "../model/tasks/detection/box-score.js";
import { createDetector, type DetectedBox, type Detector } from "../model/tasks/detection/detect.js";
import { levelLayers } from "../model/tasks/detection/level-layers.js";
import type { Tensor } from "../onnx/tensor.js";
import { createExplainer } from "./explainer.js";
import { fuseMaps } from "./fused.js";
import { createLayerMaps } from "./layer-maps.js";
import { type CamMethod, type GraphMethod, isPassMethod } from "./method.js";
import { methodNamed } from "./methods/index.js";
import type { ExplainerOptions, RunOptions } from "./options.js";

/** The options of `createBoxExplainer`. */
export interface BoxExplainerOptions extends Pick<ExplainerOptions, "runtime" | "against" | "samples" | "seed"> {
  /**
   * A method, or its name. Default `hires-cam`: of one box it is ODAM (Zhao and Chan, ICLR 2023, equation 3),
   * M = ReLU(sum over channels of gradient · activation at each place). Grad-CAM's average over all places forgets where the box is.
   */
  readonly method?: string | CamMethod | undefined;
  /** A layer for all boxes. Default: those of the level that made the box (see `levelLayers`), fused. */
  readonly layer?: string | number | undefined;
}

/** The map of a box. */
export interface BoxMap {
  readonly box: DetectedBox;
  /** The layers that it was computed at; of several the maps are fused. */
  readonly layers: readonly ChosenLayer[];
  /** The explained score: that of the class before its sigmoid, with objectness the sum of both logarithms. */
  readonly score: number;
  /** At the finest layer's resolution, ≥ 0. */
  readonly map: FloatMap;
  /** The same before the ReLU. */
  readonly evidence: FloatMap;
}

/** Finds boxes, and explains them. */
export interface BoxExplainer extends Detector {
  /**
   * The maps of boxes of one image, in their order.
   * @param image the model's input, float32 [1, C, H, W]
   * @param boxes of this image, by `detect`
   * @throws FoveaError as `Explainer.explain` does
   */
  explain(image: Tensor, boxes: readonly DetectedBox[], options?: RunOptions): Promise<BoxMap[]>;
}

/**
 * Makes an explainer of a detector's boxes. Boxes of one level share their sessions and, up to the explained layer, the forward pass.
 * @throws FoveaError `bad-input` for a model of another task, `unknown-name` for a method that there is not
 */
export function createBoxExplainer(model: Model, options: BoxExplainerOptions): BoxExplainer {
  const { runtime } = options;
  const detector = createDetector(model, { runtime });
  const levels = new Map<string, Promise<Level>>();
  const lifetime = new Lifetime("box explainer");
  const levelOf = (scored: ScoredBox) => {
    const level = levels.get(scored.score.key) ?? openLevel(model, detector, scored, options);
    levels.set(scored.score.key, level);
    return level;
  };
  return {
    ...detector,
    explain: (image, boxes, how = {}) =>
      lifetime.run(async () => {
        const scored = boxes.map((box): ScoredBox => {
          return { box, score: boxScore(model.graph, detector.task.layout, box.row, box.classIndex) };
        });
        const maps = new Map<DetectedBox, BoxMap>();
        for (const ofLevel of groupBy(scored, ({ score }) => score.key).values())
          for (const map of await mapsOf(await levelOf(at(ofLevel, 0)), image, ofLevel, how)) maps.set(map.box, map);
        return boxes.flatMap((box) => maps.get(box) ?? []);
      }),
    close: () =>
      lifetime.close(async () => {
        const opened = await Promise.allSettled(levels.values());
        await closeAll([detector, ...opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))]);
      }),
  };
}

interface ScoredBox {
  readonly box: DetectedBox;
  readonly score: BoxScore;
}

async function mapsOf(level: Level, image: Tensor, boxes: readonly ScoredBox[], how: RunOptions): Promise<BoxMap[]> {
  const { layers } = level;
  const indices = boxes.map(({ score }) => score.index);
  const each = await level.run(image, indices, how);
  return each.map((found, i) => ({ ...found, layers, box: at(boxes, i).box, map: positive(found.evidence) }));
}

/** What boxes of one level share. */
interface Level {
  readonly layers: readonly ChosenLayer[];
  /** @param indices which of the target's scores */
  run(image: Tensor, indices: readonly number[], how: RunOptions): Promise<readonly BoxEvidence[]>;
  close(): Promise<void>;
}

interface BoxEvidence {
  readonly score: number;
  readonly evidence: FloatMap;
}

async function openLevel(
  model: Model,
  { task: { layout } }: Detector,
  { box, score }: ScoredBox,
  options: BoxExplainerOptions,
): Promise<Level> {
  const { runtime, method: choice = "hires-cam", layer } = options;
  const explained = await withTarget({ ...model, placeClasses: undefined }, score.target, runtime);
  const layers =
    layer === undefined ? levelLayers(explained, layout, box.row, box.classIndex) : [chooseLayer(explained, layer)];
  const method = typeof choice === "string" ? methodNamed(choice) : choice;
  return !isPassMethod(method) && "build" in method && method.at !== "image"
    ? ofOneRun(explained, layers, method, options)
    : ofEachLayer(explained, layers, method, options);
}

/** All layers from one run, and back once for each box. */
function ofOneRun(
  model: Model,
  layers: readonly ChosenLayer[],
  method: GraphMethod,
  { runtime, against }: BoxExplainerOptions,
): Level {
  const maps = createLayerMaps(model, { runtime, layers, method, against });
  return {
    layers,
    async run(image, indices, how) {
      const each = await maps.mapsOf(image, indices, how);
      return each.map(({ score, evidence }) => ({
        score,
        evidence: evidence.length > 1 ? fuseMaps(evidence, "normalised") : at(evidence, 0),
      }));
    },
    close: () => maps.close(),
  };
}

async function ofEachLayer(
  model: Model,
  layers: readonly ChosenLayer[],
  method: CamMethod,
  { layer: _, ...options }: BoxExplainerOptions,
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

/** What raises a score, where the map of what lowers it is not asked for. */
function positive({ width, height, values }: FloatMap): FloatMap {
  return floatMap(
    width,
    height,
    values.map((value) => Math.max(0, value)),
  );
}
