/** @file Trains a network on pixels as a run says. */

import type { Graph } from "../../../onnx/graph.js";
import type { Runtime } from "../../../runtime/session.js";
import { type TrainingSettings, trainOnExamples } from "../../../train/train.js";
import type { Trainable } from "../../../train/trainable.js";
import type { TrainingRun } from "../../subject.js";
import { variedImages } from "./varied.js";

/** The settings with what the run changes; undefined where the signal ended it. */
export async function trainOnPixels(
  trainable: Trainable,
  recorded: TrainingSettings,
  run: TrainingRun,
  runtime: Runtime,
): Promise<Graph | undefined> {
  const { seed, train, groups, energy, signal, onProgress } = run;
  const settings: TrainingSettings = {
    ...recorded,
    seed,
    ...(groups ? { balance: "groups" } : {}),
    ...(energy === undefined ? {} : { energyLoss: energy }),
  };
  const boxes = energy === undefined ? undefined : train.boxes;
  const { finished, graph } = await trainOnExamples(
    trainable,
    { train, groups, boxes, vary: variedImages(run) },
    settings,
    {
      runtime,
      ...(signal ? { signal } : {}),
      onEpoch: ({ history }) => onProgress?.(history.length, settings.epochs),
    },
  );
  return finished ? graph : undefined;
}
