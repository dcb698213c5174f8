/** @file A trained network as a model that describes itself: classes, preprocessing and provenance in its metadata. */

import type { Dataset, LabelledImages } from "../data/dataset.js";
import { type Preprocessing, unitPreprocessing } from "../image/input/preprocessing.js";
import { type Provenance, withModelCard } from "../model/card.js";
import type { Graph } from "../onnx/graph.js";
import type { EpochRecord, TrainingSettings } from "./train.js";

/** The result of a training. */
interface Training {
  readonly settings: TrainingSettings;
  readonly history: readonly EpochRecord[];
  /** The network for inference. */
  readonly graph: Graph;
}

/** The dataset that a network was trained on, as far as the model tells of it. */
interface LearnedFrom extends Pick<Dataset, "name" | "source" | "classes"> {
  readonly train: Pick<LabelledImages, "channels" | "height" | "width">;
  /** How pictures of other shapes are fitted to its input. Default: they are stretched. */
  readonly fit?: Pick<Preprocessing, "fit" | "padding">;
}

/**
 * A network that was trained from scratch on a dataset in memory, ready to be written as a file. The same training gives the same
 * bytes: how long epochs took is not told.
 * @param trainingImages how many of the dataset's images were learned from
 * @param provenance other facts about its making
 */
export function trainedModel(
  { name, source, classes, train, fit }: LearnedFrom,
  trainingImages: number,
  { settings, history, graph }: Training,
  provenance: Provenance,
): Graph {
  const { channels, height, width } = train;
  const preprocessing: Preprocessing = {
    ...unitPreprocessing({ width, height, channels: channels === 1 ? 1 : 3 }),
    ...(channels === 1 ? { ground: "dark" } : {}),
    ...fit,
  };
  const { network, seed } = settings;
  return withModelCard(graph, {
    ...(classes.length > 0 ? { classes } : {}),
    preprocessing,
    provenance: {
      network,
      data: name,
      source,
      trainingImages,
      epochs: history.length,
      seed,
      ...provenance,
      settings,
      history: history.map(withoutTime),
    },
  });
}

/** An epoch without what differs from run to run: the same training gives the same file. */
export function withoutTime({ seconds, ...figures }: EpochRecord): Omit<EpochRecord, "seconds"> {
  return figures;
}
