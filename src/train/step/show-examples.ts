/** @file What a step is fed with besides its state: examples as they are shown, labels, and what the settings ask for. */

import type { Examples } from "../../data/dataset.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import type { Box } from "../../image/picture/resize.js";
import { float32, int64, type Tensor } from "../../onnx/tensor.js";
import type { ReadTargets } from "../trainable.js";
import type { Adversary } from "./adversary.js";
import { type Augmentation, drawAugmentation } from "./augment.js";
import { type Balance, groupWeights } from "./balance.js";
import { drawBoxes } from "./energy.js";
import type { ReadVaried } from "./exchange.js";

/** The examples of a training, as its steps show them. */
export interface ShownExamples {
  /** The inputs of a step on the examples at the indices; all that is random is drawn from `source`. @param progress 0..1 of the training */
  feed(
    indices: Uint32Array,
    state: Readonly<Record<string, Tensor>>,
    source: Random,
    progress: number,
  ): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

interface Shown {
  readonly train: Examples;
  readonly targets?: ReadTargets | undefined;
  readonly groups?: ArrayLike<number> | undefined;
  readonly vary?: ReadVaried | undefined;
  readonly boxes?: readonly (readonly Box[])[] | undefined;
}

interface HowShown {
  readonly augmentation: Augmentation | null;
  readonly balance: Balance;
  readonly energyLoss?: number;
}

/** @throws FoveaError `bad-input` where the balance needs groups, or the energy loss boxes, that are not there */
export function showExamples(
  { train, groups, vary, boxes, targets }: Shown,
  { augmentation, balance, energyLoss }: HowShown,
  adversary: Adversary | undefined,
): ShownExamples {
  const { dims, labels } = train;
  const weights = balance === "groups" ? groupWeights(forEach(train, groups, "the balance groups: groups")) : undefined;
  const places = energyLoss === undefined ? undefined : forEach(train, boxes, "the energy loss: boxes");
  return {
    async feed(indices, state, source, progress) {
      const pixels = {
        examples: await (vary ? vary(indices, source) : train.read(indices)),
        ...(augmentation ? drawAugmentation(augmentation, indices.length, dims, source) : {}),
      };
      if (targets) return { ...pixels, ...(await targets(indices)) };
      const classes = int64(Array.from(indices, (index) => at(labels, index)));
      const besides = {
        labels: classes,
        ...(weights
          ? {
              weights: float32(
                [indices.length],
                Array.from(indices, (index) => at(weights, index)),
              ),
            }
          : {}),
        ...(places ? { boxes: drawBoxes(places, indices, dims) } : {}),
      };
      if (!adversary) return { ...pixels, ...besides };
      return { examples: await adversary.attack(pixels, classes, networkOf(state), source, progress), ...besides };
    },
    close: async () => adversary?.close(),
  };
}

/** Of a training's state, what the network is made of. */
function networkOf({ parameters, statistics }: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>> {
  return { ...(parameters ? { parameters } : {}), ...(statistics ? { statistics } : {}) };
}

function forEach<List extends ArrayLike<unknown>>({ count }: Examples, list: List | undefined, what: string): List {
  if (list?.length === count) return list;
  throw new FoveaError(
    "bad-input",
    `${what}: expected one for each of ${count} examples, got ${list?.length ?? "none"}`,
  );
}
