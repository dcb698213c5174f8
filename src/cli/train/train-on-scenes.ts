/** @file Trains a detector or a segmenter on drawn scenes, and tells the result. */

import { sceneSide } from "../../data/scenes/scene-set.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { count, duration } from "../../foundation/words.js";
import { writeModel } from "../../onnx/write.js";
import { sceneSettings } from "../../train/network/recipes.js";
import { sceneExamples, sceneNetworkNamed, sceneTrainable } from "../../train/scenes/scene-networks.js";
import { lightAugmentation } from "../../train/step/augment.js";
import { trainOnExamples } from "../../train/train.js";
import { trainedModel } from "../../train/trained-model.js";
import { checkSceneFlags, type TrainFlags, trainCommandLine } from "../options/train-options.js";
import { settingsChanges } from "../options/values/train-settings.js";
import { runtime } from "../platform.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { note, print } from "../terminal/print.js";
import { figuresInWords, measureOnScenes, testCount } from "./measure-scenes.js";
import { checkpointPath, removeCheckpoint, runTraining, startingPoint } from "./run-training.js";
import { noteStopped, printTraining, trainingTime } from "./tell-training.js";

/** How pictures of other shapes are fitted, as the makers of YOLO do it. */
const fit = { fit: "letterbox", padding: [114, 114, 114] } as const;

/** Of an epoch. */
const sceneCount = 16_000;

/** @returns the exit code */
export async function trainOnScenes(job: Job, flags: TrainFlags): Promise<number> {
  checkSceneFlags(flags);
  const { net = "detect", count: scenes = sceneCount, resume = false, restart = false, seed } = flags;
  const network = sceneNetworkNamed(net);
  const settings = sceneSettings(network.name, settingsChanges(flags, lightAugmentation));
  const data = network.scenes({ seed, count: scenes, part: "train" });
  const classes = network.classesOf(data.classes);
  const shape = { channels: 3, height: sceneSide, width: sceneSide, classes: classes.length };
  const out = flags.out ?? `scenes-${network.name}.onnx`;
  const from = await startingPoint({ settings, out, resume, restart });
  note(`training ${network.name} on ${data.source}`);
  const trainable = sceneTrainable(network, shape, seed);
  const run = { settings, images: scenes, checkpoint: checkpointPath(out), from };
  const result = await runTraining(job, run, (...how) =>
    trainOnExamples(trainable, sceneExamples(data, network, shape), ...how),
  );
  const command = trainCommandLine("scenes", { ...flags, net });
  const provenance = { command, runtime: runtime.name };
  const model = writeModel(trainedModel({ ...data, classes, train: shape, fit }, scenes, result, provenance));
  if (result.history.length > 0) await writeFileAtomically(out, model);
  if (result.finished) await removeCheckpoint(out);
  const test = result.finished ? await measureOnScenes(job, model, out, seed) : undefined;
  if (job.format === "json") printTraining(result, { model: out, data: data.source, test: test ?? null });
  if (test === undefined) {
    noteStopped(result, out);
    return job.stoppedCode;
  }
  if (job.format === "json") return exitCodes.done;
  print(`${network.name} on ${count(scenes)} scenes, seed ${seed}`);
  print(`${settings.epochs} epochs in ${duration(trainingTime(result))}`);
  print(`on ${count(testCount)} other scenes: ${figuresInWords(test)}`);
  print(`wrote ${out}`);
  return exitCodes.done;
}
