/** @file Measures the maps of boxes by several methods, next to chance and to the box itself. */

import type { SceneSet } from "../../../data/scenes/scene-set.js";
import type { BoxExplainer } from "../../../explain/boxes/box-options.js";
import { groupBy } from "../../../foundation/group-by.js";
import { at } from "../../../foundation/present.js";
import type { FloatMap } from "../../../image/map/heatmap.js";
import type { Model } from "../../../model/model.js";
import { prepareInput } from "../../../model/run/read-image.js";
import type { Runtime } from "../../../runtime/session.js";
import { gaussianMap, uniformMap } from "../../trial/baseline-maps.js";
import type { ChosenBox } from "./choose-boxes.js";
import { type MapCurves, openBoxCurves } from "./map-curves.js";
import { type MapPlace, mapOfBox, placeOfChance, placeOfMap } from "./map-place.js";
import { boxOnInput, inputSizeOf } from "./place-boxes.js";

/** The measures of one map. Curves are undefined where they were not asked for, too. */
export interface MeasuredMap extends MapPlace, MapCurves {}

/** A method whose maps are measured. */
export interface BoxMethod {
  readonly name: string;
  readonly explainer: BoxExplainer;
}

/** A box with the measures of its maps, by name: those of methods, and of `baselines`. */
export interface MeasuredBox {
  readonly chosen: ChosenBox;
  readonly maps: ReadonlyMap<string, MeasuredMap>;
  /** Whether curves were asked for. */
  readonly followed: boolean;
}

/** Maps that need no method: every place alike, for chance; the found box, filled; and a Gaussian in the middle of the found box. */
export const baselines = ["random", "box", "gaussian"] as const;

export interface MeasureMapsOptions {
  readonly runtime: Runtime;
  /** Of how many boxes the curves are measured, too: the first ones of each scene's until so many are. */
  readonly curves: number;
  readonly seed: number | string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures boxes scene by scene.
 * @throws the reason of the signal's abort
 */
export async function* measureMaps(
  model: Model,
  set: SceneSet,
  chosen: readonly ChosenBox[],
  methods: readonly BoxMethod[],
  { runtime, curves, seed, signal }: MeasureMapsOptions,
): AsyncGenerator<MeasuredBox> {
  const size = inputSizeOf(model);
  let curved = 0;
  for (const [scene, boxes] of groupBy(chosen, (each) => each.scene)) {
    signal?.throwIfAborted();
    const { picture } = await set.read(scene.index);
    const { input, box: seen } = await prepareInput(model, picture, runtime);
    const detected = boxes.map(({ found }) => found.detected);
    const ofMethods = new Map<string, readonly FloatMap[]>();
    for (const { name, explainer } of methods) {
      const maps = await explainer.explain(input, detected, { signal });
      ofMethods.set(
        name,
        maps.map(({ map }) => map),
      );
    }
    const following = Math.min(boxes.length, Math.max(0, curves - curved));
    curved += following;
    const followed = following === 0 ? undefined : await openBoxCurves(model, input, detected, { runtime });
    try {
      for (const [i, box] of boxes.entries()) {
        const on = (one: ChosenBox["found"]["box"]) => boxOnInput(one, seen, size);
        const others = scene.objects.filter((object) => object !== box.object && !object.ignored);
        const places = { own: on(box.object.box), others: others.map((object) => on(object.box)), size };
        const curvesOf = async (map: FloatMap): Promise<MapCurves> => {
          signal?.throwIfAborted();
          const isFollowed = followed !== undefined && i < following;
          return isFollowed ? followed.measure(i, map, seed) : { deletion: undefined, insertion: undefined };
        };
        const itself = mapOfBox(on(box.found.box), size);
        const gaussian = gaussianMap(size, on(box.found.box));
        const maps = new Map<string, MeasuredMap>();
        for (const [name, all] of ofMethods)
          maps.set(name, { ...placeOfMap(at(all, i), places), ...(await curvesOf(at(all, i))) });
        maps.set("random", { ...placeOfChance(places), ...(await curvesOf(uniformMap(size))) });
        maps.set("box", { ...placeOfMap(itself, places), ...(await curvesOf(itself)) });
        maps.set("gaussian", { ...placeOfMap(gaussian, places), ...(await curvesOf(gaussian)) });
        yield { chosen: box, maps, followed: i < following };
      }
    } finally {
      await followed?.close();
    }
  }
}
