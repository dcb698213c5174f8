/** @file Pictures with objects for commands that measure detectors: drawn ones by name, photos by their folder or annotations. */

import { photoScenes } from "../../data/photos/scenes/photo-scenes.js";
import { drawScenes } from "../../data/scenes/draw-scenes.js";
import type { SceneSet } from "../../data/scenes/scene-set.js";
import { datasetNames } from "../../data/set-names.js";
import { scenesInWords } from "../../data/sources/kinds.js";
import { refuseAddress } from "../../files/address.js";
import { FoveaError, unknownName } from "../../foundation/error.js";
import { platform } from "../platform.js";
import type { Job } from "../terminal/job.js";
import { note } from "../terminal/print.js";
import { isPath } from "./datasets.js";

interface DrawOptions {
  readonly seed: string;
}

/** The sets that have names. */
const drawn: Readonly<Record<string, (options: DrawOptions) => SceneSet>> = {
  scenes: drawScenes,
};

/**
 * The scenes that an argument means.
 * @throws FoveaError `bad-input` for a dataset of classes, and the errors of `photoScenes`
 */
export async function scenesAt(job: Job, name: string, options: DrawOptions): Promise<SceneSet> {
  const draw = Object.hasOwn(drawn, name) ? drawn[name] : undefined;
  if (draw) return draw(options);
  if (!isPath(name)) {
    if (!datasetNames.some((each) => each === name)) throw unknownName("data set", name, Object.keys(drawn));
    throw new FoveaError("bad-input", `${name}: expected pictures with boxes for a detector: ${scenesInWords}`);
  }
  refuseAddress(name);
  const set = await job.stage("looking at photos", () =>
    photoScenes(name, { decode: (path) => platform.decode(path) }),
  );
  for (const each of set.notes) note(`${name}: ${each}`);
  return set;
}
