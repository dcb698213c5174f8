/** @file `fovea evaluate` of a segmenter: how well its regions cover the true ones of drawn scenes. */

import { drawScenes } from "../../data/scenes/draw-scenes.js";
import { evaluateSegmenter } from "../../evaluate/segmentation/evaluate-segmenter.js";
import { FoveaError } from "../../foundation/error.js";
import { count, percent } from "../../foundation/words.js";
import type { Segmentation } from "../../model/tasks/found-task.js";
import { modelLine, type NamedModel } from "../inputs/models.js";
import { describedRecipe } from "../inputs/read-input.js";
import { runtime } from "../platform.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printJson, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";

/** @returns the exit code @throws FoveaError `bad-input` for data of which not every pixel's class is known */
export async function evaluateRegions(
  job: Job,
  named: NamedModel,
  task: Segmentation,
  data: string,
  { seed }: { readonly seed: string },
): Promise<number> {
  if (data !== "scenes") {
    const expected = "expected scenes, of which the class of each pixel is known";
    throw new FoveaError("bad-input", `${named.name}, a segmenter: ${expected}, got ${data}`);
  }
  const scenes = drawScenes({ seed });
  const measured = await job.stage("comparing regions", (progress) =>
    evaluateSegmenter(named.model, task, scenes, { runtime, progress }),
  );
  const { meanIou, accuracy } = measured;
  const classes = ["ground", ...scenes.classes];
  const perClass = measured.perClass.map(({ classIndex, iou, pixels }) => ({ name: classes[classIndex], pixels, iou }));
  if (job.format === "json") {
    const head = { model: named.path, data: scenes.source, ...describedRecipe(named.model) };
    printJson({ ...head, images: scenes.count, meanIou, accuracy, perClass });
    return exitCodes.done;
  }
  print(modelLine(named));
  print(`on ${count(scenes.count)} pictures: ${scenes.source}`);
  print();
  print(`mean IoU  ${percent(meanIou, 1)}`);
  print(`pixels    ${percent(accuracy, 1)} have the right class`);
  print();
  const rows = perClass.map(({ name = "", pixels, iou }) => [
    name,
    count(pixels),
    iou === undefined ? "-" : percent(iou, 1),
  ]);
  printLines(table(["class", "pixels", "IoU"], rows));
  return exitCodes.done;
}
