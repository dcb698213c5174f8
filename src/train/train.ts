/** @file The training loop: epochs of steps, a validation after each, a checkpoint of the state. */

import { type Examples, imageExamples, type LabelledImages } from "../data/dataset.js";
import { FoveaError } from "../foundation/error.js";
import { present } from "../foundation/present.js";
import { random } from "../foundation/random.js";
import type { Box } from "../image/picture/resize.js";
import type { Graph } from "../onnx/graph.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import type { Runtime, Session } from "../runtime/session.js";
import { fromScratch, networkNamed } from "./network/networks.js";
import { type AdversarialSettings, onPixels, openAdversary } from "./step/adversary.js";
import type { Augmentation } from "./step/augment.js";
import { type Balance, classWeights, epochOrder } from "./step/balance.js";
import type { ReadVaried } from "./step/exchange.js";
import { optimizerNamed } from "./step/optimizer.js";
import { scheduleNamed } from "./step/schedule.js";
import { type ShownExamples, showExamples } from "./step/show-examples.js";
import { checkState, unpackTensors } from "./step/state.js";
import { buildStepGraph, feedExamples, type StepGraph } from "./step/step-graph.js";
import type { Head, ReadTargets, Trainable } from "./trainable.js";
import { measureExamples } from "./validate.js";

/** Everything that decides the outcome of a training; stored with the model. */
export interface TrainingSettings {
  /** The name of the network, or the part of a network that is trained. */
  readonly network: string;
  /** One score for two classes, or one for each. */
  readonly head: Head;
  /** How classes of different size are balanced. */
  readonly balance: Balance;
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly schedule: string;
  /** Peak learning rate. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Share of the target probability that is spread over all classes. */
  readonly labelSmoothing: number;
  readonly augmentation: Augmentation | null;
  readonly seed: number;
  /** What is exchanged between the images that are learned from, in words. Default: nothing. */
  readonly exchange?: readonly string[];
  /** Weight of the energy loss, for which the training data have boxes. Default: none. */
  readonly energyLoss?: number;
  /** The attack on the images that are learned from. Default: none. */
  readonly adversarial?: AdversarialSettings;
  /** Only the last layer is trained, on as many examples of each group. Default: all that is trained. */
  readonly lastLayer?: "groups";
}

export interface EpochRecord {
  /** From 1 on. */
  readonly epoch: number;
  /** Means over the epoch's (distorted) training images. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  /** On the validation images; null where there are none. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Learning rate at the epoch's end. */
  readonly learningRate: number;
  readonly seconds: number;
}

/** A training between two epochs: all that is needed to go on. */
export interface Checkpoint {
  readonly settings: TrainingSettings;
  readonly history: readonly EpochRecord[];
  readonly state: Readonly<Record<string, Tensor>>;
}

/** A checkpoint to go on from. */
export interface StartingPoint extends Checkpoint {
  /** What it is called in errors. Default `checkpoint`. */
  readonly where?: string;
}

export interface StepProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Running means of this epoch. */
  readonly loss: number;
  readonly accuracy: number;
}

/** How a training is run and watched. */
export interface TrainOptions {
  readonly runtime: Runtime;
  /** Go on from here. Default: begin. */
  readonly from?: StartingPoint;
  /**
   * Called after each step; the training waits for it, and so can be paused. Until it is over, `snapshot` gives the network for
   * inference as the step has left it, as a copy.
   */
  readonly onStep?: (progress: StepProgress, snapshot: () => Graph) => void | Promise<void>;
  /** Called after each epoch; the training waits for it. */
  readonly onEpoch?: (checkpoint: Checkpoint) => void | Promise<void>;
  /** Stops after the current step; the result is the last finished epoch's. */
  readonly signal?: AbortSignal;
  /** A clock in milliseconds; only for the records. Default: `performance.now`. */
  readonly now?: () => number;
}

/** The result of a training: the network with its history. */
export interface TrainedNetwork extends Checkpoint {
  /** The network for inference, to `probabilities` [N, classes] (one from scratch takes `images`, float32 [N, C, H, W] in 0..1). */
  readonly graph: Graph;
  /** False when stopped by the signal. */
  readonly finished: boolean;
}

/**
 * Trains a network from scratch on images in memory.
 * @param train images to learn from
 * @param validation images to measure each epoch on; they choose nothing here
 * @param classes number of classes
 */
export async function trainNetwork(
  train: LabelledImages,
  validation: LabelledImages | undefined,
  classes: number,
  settings: TrainingSettings,
  options: TrainOptions,
): Promise<TrainedNetwork> {
  const shape = { channels: train.channels, height: train.height, width: train.width, classes };
  const trainable = fromScratch(networkNamed(settings.network), shape, settings);
  const data = { train: imageExamples(train), validation: validation && imageExamples(validation) };
  return trainOnExamples(trainable, data, settings, options);
}

/** Examples to learn from, and to validate on. */
export interface TrainingData {
  /** To learn from. */
  readonly train: Examples;
  /** To measure each epoch on; they choose nothing here. */
  readonly validation?: Examples | undefined;
  /** The group of each example to learn from, from 0 on; needed by the balance `groups`. */
  readonly groups?: ArrayLike<number> | undefined;
  /** Reads the examples to learn from as a step shows them, such as `exchangeBetween`. Default: as they are. */
  readonly vary?: ReadVaried | undefined;
  /** Boxes about the object of each example to learn from, in pixels; needed by the energy loss. */
  readonly boxes?: readonly (readonly Box[])[] | undefined;
  /** The targets of the trainable's objective; needed where there is one. */
  readonly targets?: ReadTargets | undefined;
}

/**
 * Trains a network, or a part of one, on examples. The same settings, data and seed give the same weights bit for bit on the same machine, also when the training was
 * interrupted and resumed.
 * @throws FoveaError `bad-file` for a checkpoint of another network or of other data, `bad-input` where settings need groups or boxes
 * that the data have not
 */
export async function trainOnExamples(
  trainable: Trainable,
  data: TrainingData,
  settings: TrainingSettings,
  options: TrainOptions,
): Promise<TrainedNetwork> {
  const { runtime, from, onEpoch, signal, now = () => performance.now() } = options;
  const { validation } = data;
  const { step, shown } = await openStep(trainable, data, settings, runtime);
  if (from) checkState(from.state, step.initial, from.where);
  const session = await runtime.open(step.graph);
  const history = [...(from?.history ?? [])];
  let state = from?.state ?? step.initial;
  const exportNetwork = (current: Checkpoint["state"]) => trainable.export(learnedTensors(step, current));
  const run: EpochRun = { ...options, session, step, shown, settings, exportNetwork, labels: data.train.labels };

  let finished = true;
  try {
    for (let epoch = history.length; epoch < settings.epochs; epoch++) {
      const began = now();
      const result = await runEpoch(run, state, epoch);
      if (result === undefined) {
        finished = false;
        break;
      }
      state = result.state;
      const accuracy =
        validation && (await measureExamples(feedExamples(exportNetwork(state), trainable), validation, runtime));
      history.push({
        epoch: epoch + 1,
        trainLoss: result.loss,
        trainAccuracy: result.accuracy,
        validationLoss: accuracy?.loss ?? null,
        validationAccuracy: accuracy?.accuracy ?? null,
        learningRate: result.rate,
        seconds: (now() - began) / 1000,
      });
      await onEpoch?.({ settings, history: [...history], state });
      if (signal?.aborted && epoch + 1 < settings.epochs) {
        finished = false;
        break;
      }
    }
  } finally {
    await session.close();
    await shown.close();
  }
  return { settings, history, state, graph: exportNetwork(state), finished };
}

/** The graph of a step, and what feeds it. */
async function openStep(trainable: Trainable, data: TrainingData, settings: TrainingSettings, runtime: Runtime) {
  const { labels } = data.train;
  const { adversarial, augmentation } = settings;
  if (adversarial && settings.energyLoss !== undefined) {
    throw new FoveaError("bad-input", "training: expected one of an attack and the energy loss, got both");
  }
  const graphOptions = {
    ...settings,
    optimizer: optimizerNamed(settings.optimizer),
    classWeights: settings.balance === "weights" ? classWeights(labels, trainable.classes) : undefined,
    exampleWeights: settings.balance === "groups",
    // The adversary shows images that are distorted already.
    augmentation: adversarial ? null : augmentation,
  };
  const step = await buildStepGraph(adversarial ? onPixels(trainable) : trainable, graphOptions, runtime);
  const how = adversarial && { settings: adversarial, augmentation, runtime };
  const adversary = how && (await openAdversary(trainable, step, how));
  return { step, shown: showExamples(data, settings, adversary) };
}

/** Parameters and running statistics by name. */
function learnedTensors({ parameters, statistics }: StepGraph, state: Checkpoint["state"]): Map<string, Tensor> {
  const weights = unpackTensors(present(state.parameters, "parameters"), parameters);
  return new Map([...weights, ...(state.statistics ? unpackTensors(state.statistics, statistics) : [])]);
}

interface EpochResult {
  readonly state: Readonly<Record<string, Tensor>>;
  readonly loss: number;
  readonly accuracy: number;
  readonly rate: number;
}

/** The parts of a training that all its epochs share. */
interface EpochRun extends Pick<TrainOptions, "onStep" | "signal"> {
  readonly session: Session;
  readonly step: StepGraph;
  readonly shown: ShownExamples;
  readonly labels: ArrayLike<number>;
  readonly settings: TrainingSettings;
  readonly exportNetwork: (state: Checkpoint["state"]) => Graph;
}

/** One pass over the examples in random order; undefined when stopped. */
async function runEpoch(
  { session, step, shown, labels, settings, onStep, signal, exportNetwork }: EpochRun,
  start: Checkpoint["state"],
  epoch: number,
): Promise<EpochResult | undefined> {
  const { epochs, batchSize, seed } = settings;
  const source = random(seed).fork(`epoch ${epoch}`);
  const order = epochOrder(labels, settings.balance, source);
  const steps = Math.ceil(order.length / batchSize);
  const schedule = scheduleNamed(settings.schedule);
  const names = Object.keys(step.initial);
  // Two sets of state buffers take turns: one is read while the other is written.
  let current = copyState(names, start);
  let next = copyState(names, start);
  let [loss, correct, rate, examples] = [0, 0, 0, 0];
  for (let k = 0; k < steps; k++) {
    if (signal?.aborted) return undefined;
    const indices = order.subarray(
      Math.floor((k * order.length) / steps),
      Math.floor(((k + 1) * order.length) / steps),
    );
    const progress = (epoch + k / steps) / epochs;
    rate = settings.learningRate * schedule(progress);
    const into = Object.fromEntries(Object.entries(next).map(([name, tensor]) => [`${name}.next`, tensor]));
    const results = await session.run(
      {
        ...(await shown.feed(indices, current, source, progress)),
        ...current,
        rate: float32([], [rate]),
        step: float32([], [epoch * steps + k + 1]),
      },
      { ...into, loss: float32([], [0]), correct: float32([], [0]) },
    );
    [current, next] = [next, current];
    loss += scalar(results.loss) * indices.length;
    correct += scalar(results.correct);
    examples += indices.length;
    const means = { loss: loss / examples, accuracy: correct / examples };
    await onStep?.({ epoch: epoch + 1, epochs, step: k + 1, steps, ...means }, () => exportNetwork(current));
  }
  return { state: current, loss: loss / examples, accuracy: correct / examples, rate };
}

function copyState(names: readonly string[], state: Checkpoint["state"]): Record<string, Tensor> {
  return Object.fromEntries(
    names.map((name) => {
      const tensor = present(state[name], name);
      return [name, float32(tensor.dims, floats(tensor).slice())];
    }),
  );
}

function scalar(tensor: Tensor | undefined): number {
  return (tensor && floats(tensor)[0]) ?? Number.NaN;
}
