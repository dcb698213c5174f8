/** @file Measures a segmenter on drawn scenes, of which the class of each pixel is known. */

import type { DrawnScenes } from "../../data/scenes/draw-scenes.js";
import { sceneSide } from "../../data/scenes/scene-set.js";
import { FoveaError } from "../../foundation/error.js";
import type { Model } from "../../model/model.js";
import { prepareInput } from "../../model/run/read-image.js";
import { tensorNamed } from "../../model/run/tensors.js";
import type { Segmentation } from "../../model/tasks/found-task.js";
import { numbers } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { RegionCounts, type RegionMeasure } from "./mean-iou.js";
import { regionsGraph, regionsOutput } from "./regions-graph.js";

interface SegmenterOptions {
  readonly runtime: Runtime;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Compares the class of each pixel with the true one, over all scenes.
 * @throws FoveaError `bad-input` for a model of other classes or of another size
 */
export async function evaluateSegmenter(
  model: Model,
  task: Segmentation,
  scenes: DrawnScenes,
  { runtime, progress }: SegmenterOptions,
): Promise<RegionMeasure> {
  const all = new RegionCounts(scenes.classes.length + 1);
  const indices = Array.from({ length: scenes.count }, (_, index) => index);
  for await (const { index, counts } of comparedRegions(model, task, { scenes, indices }, runtime)) {
    all.merge(counts.counts);
    progress?.(index + 1, scenes.count);
  }
  return all.measure();
}

/** Of each scene the pixels by true and predicted class, as they come. @throws FoveaError as `evaluateSegmenter` */
export async function* comparedRegions(
  model: Model,
  task: Segmentation,
  { scenes, indices }: { readonly scenes: DrawnScenes; readonly indices: readonly number[] },
  runtime: Runtime,
): AsyncGenerator<{ readonly index: number; readonly counts: RegionCounts }> {
  const classes = scenes.classes.length + 1;
  if (task.classCount !== classes) {
    const expected = `${classes} classes, the ground and those of ${scenes.name}`;
    throw new FoveaError("bad-input", `segmenter: expected ${expected}, got ${task.classCount}`);
  }
  const session = await runtime.open(regionsGraph(model, task));
  try {
    for (const index of indices) {
      const { picture, regions } = await scenes.read(index);
      const { input } = await prepareInput(model, picture, runtime);
      const results = await session.run({ [model.input.name]: input });
      const predicted = numbers(tensorNamed(results, regionsOutput));
      if (predicted.length !== regions.length) {
        const expected = `an input of ${sceneSide} x ${sceneSide} pixels and a class for each`;
        throw new FoveaError("bad-input", `segmenter: expected ${expected}, got ${predicted.length} places`);
      }
      const counts = new RegionCounts(classes);
      counts.add(regions, predicted);
      yield { index, counts };
    }
  } finally {
    await session.close();
  }
}
