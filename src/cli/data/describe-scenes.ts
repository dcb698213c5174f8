/** @file Describes drawn scenes, and writes them as pictures with a list of their objects. */

import { join } from "node:path";
import { drawScenes } from "../../data/scenes/draw-scenes.js";
import type { SceneSet } from "../../data/scenes/scene-set.js";
import { sceneSide } from "../../data/scenes/scene-set.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { count } from "../../foundation/words.js";
import { encodePicture } from "../../image/node.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printJson } from "../terminal/print.js";

interface SceneFlags {
  readonly seed: string;
  /** The folder to write to. Default: nothing is written. */
  readonly out?: string | undefined;
  readonly count?: number | undefined;
}

/** @returns the exit code */
export async function describeScenes(job: Job, { seed, out, count: asked }: SceneFlags): Promise<number> {
  const scenes = drawScenes({ seed, ...(asked === undefined ? {} : { count: asked }) });
  const { name, source, classes } = scenes;
  const written = out === undefined ? 0 : await writeScenes(job, scenes, out);
  if (job.format === "json") {
    printJson({ name, source, classes, count: scenes.count, height: sceneSide, width: sceneSide, written });
    return exitCodes.done;
  }
  print(`${name}: ${source}`);
  print(`pictures of ${sceneSide}x${sceneSide} with 2 to 10 objects`);
  print(`classes: ${classes.join(", ")}`);
  if (out !== undefined) print(`wrote ${count(written)} pictures and annotations.json to ${out}`);
  return exitCodes.done;
}

/** Pictures as PNG, and their objects as COCO lists them. @returns how many were written */
async function writeScenes(job: Job, scenes: SceneSet, folder: string): Promise<number> {
  const images: object[] = [];
  const annotations: object[] = [];
  await job.stage("drawing scenes", async (onProgress) => {
    for (let i = 0; i < scenes.count; i++) {
      const { picture, objects } = await scenes.read(i);
      const name = `scene-${String(i).padStart(4, "0")}.png`;
      await writeFileAtomically(join(folder, name), await encodePicture(picture, "png"));
      images.push({ id: i + 1, file_name: name, width: picture.width, height: picture.height });
      for (const { classIndex, box } of objects) {
        const { x, y, width, height } = box;
        const place = { bbox: [x, y, width, height], area: width * height, iscrowd: 0 };
        annotations.push({ id: annotations.length + 1, image_id: i + 1, category_id: classIndex + 1, ...place });
      }
      onProgress(i + 1, scenes.count);
    }
  });
  const categories = scenes.classes.map((name, i) => ({ id: i + 1, name }));
  const list = { info: { description: scenes.source }, images, annotations, categories };
  await writeFileAtomically(join(folder, "annotations.json"), `${JSON.stringify(list)}\n`);
  return images.length;
}
