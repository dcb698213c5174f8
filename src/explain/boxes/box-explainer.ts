/** @file Explains boxes of a detector: one map for each. */

import { badInput } from "../../foundation/check.js";
import { groupBy } from "../../foundation/group-by.js";
import { closeAll, Lifetime } from "../../foundation/lifetime.js";
import { at } from "../../foundation/present.js";
import type { Model } from "../../model/model.js";
import type { Platform } from "../../model/platform.js";
import { boxScore } from "../../model/tasks/detection/box-score.js";
import { createDetector, type DetectedBox } from "../../model/tasks/detection/detect.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { RunOptions } from "../options.js";
import type { BoxExplainer, BoxExplainerOptions, BoxMap } from "./box-options.js";
import type { Level, ScoredBox } from "./level.js";
import { positivePart } from "./positive-part.js";

/** A model that was opened, or one that was loaded, which has a runtime. */
type BoxModel = Model & { readonly platform?: Platform };

/**
 * Makes an explainer of a detector's boxes. Boxes of one level share their sessions and, up to the explained layer, the forward pass.
 * @throws FoveaError `bad-input` for a model of another task, `unknown-name` for a method that there is not
 */
export function createBoxExplainer(model: BoxModel, given: BoxExplainerOptions = {}): BoxExplainer {
  const runtime = given.runtime ?? model.platform?.runtime;
  if (runtime === undefined) throw badInput("runtime", "one, for a model that was opened without a platform", runtime);
  const options = { ...given, runtime };
  const detector = createDetector(model, { runtime });
  const levels = new Map<string, Promise<Level>>();
  const lifetime = new Lifetime("box explainer");
  const levelOf = (scored: ScoredBox) => {
    const open = async () => (await import("./level.js")).openLevel(model, detector.task.layout, scored, options);
    const level = levels.get(scored.score.key) ?? open();
    levels.set(scored.score.key, level);
    return level;
  };
  return {
    ...detector,
    explain: (image, boxes, how = {}) =>
      lifetime.run(async () => {
        const { samplesMasks, similarityMaps } = await import("./similarity-maps.js");
        if (samplesMasks(options)) return similarityMaps(model, image, boxes, { ...options, ...how });
        const scored = boxes.map((box): ScoredBox => {
          return { box, score: boxScore(model.graph, detector.task.layout, box.row, box.classIndex) };
        });
        const maps = new Map<DetectedBox, BoxMap>();
        for (const ofLevel of groupBy(scored, ({ score }) => score.key).values()) {
          how.signal?.throwIfAborted();
          for (const map of await mapsOf(await levelOf(at(ofLevel, 0)), image, ofLevel, how)) maps.set(map.box, map);
          how.progress?.(maps.size, boxes.length);
        }
        return boxes.flatMap((box) => maps.get(box) ?? []);
      }),
    close: () =>
      lifetime.close(async () => {
        const opened = await Promise.allSettled(levels.values());
        await closeAll([detector, ...opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))]);
      }),
  };
}

async function mapsOf(level: Level, image: Tensor, boxes: readonly ScoredBox[], how: RunOptions): Promise<BoxMap[]> {
  const { layers, radius } = level;
  const indices = boxes.map(({ score }) => score.index);
  const each = await level.run(image, indices, how);
  return each.map((found, i) => ({
    ...found,
    layers,
    radius,
    box: at(boxes, i).box,
    map: positivePart(found.evidence),
  }));
}
