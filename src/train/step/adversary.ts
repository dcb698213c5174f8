/** @file The adversary of adversarial training: attacks each step's images with the weights as they are then. */

import { appendAttackLoss, appendSignStep } from "../../autodiff/attack-step.js";
import { appendGradients } from "../../autodiff/differentiate.js";
import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import type { Random } from "../../foundation/random.js";
import { Builder } from "../../onnx/builder.js";
import { emptyGraph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, type Tensor } from "../../onnx/tensor.js";
import { inferTypes } from "../../runtime/infer-types.js";
import type { Runtime, Session } from "../../runtime/session.js";
import type { Trainable } from "../trainable.js";
import type { Augmentation } from "./augment.js";
import { appendExamples, pairScores, type StepGraph } from "./step-graph.js";

/** How images are attacked while they are learned from. Plain data, stored with the model. */
export interface AdversarialSettings {
  /** How far any pixel may move, the range 0..255 being 1. */
  readonly eps: number;
  /** Steps of PGD. */
  readonly steps: number;
  /** How far a step goes, in the units of `eps`. */
  readonly stepSize: number;
  /** The share of the training over which the attack grows from nothing to all of eps. Default 0. */
  readonly growth?: number;
}

/**
 * PGD of `steps` steps within eps, each of 2.5 eps / steps (Madry et al. 2018, section 5, who train with 40 steps on digits; fewer are
 * cheaper by as much and nearly as strong), one alone of 1.25 eps (Wong et al. 2020, section 4: a longer one always ends in the same
 * corner, and is learned by heart). The attack grows over the first two fifths: a small network that meets all of eps at once learns
 * nothing.
 * @throws FoveaError `bad-input` for an eps that is not above 0 and at most 1
 */
export function adversarialSettings(eps: number, steps = 10): AdversarialSettings {
  if (!(eps > 0 && eps <= 1)) {
    throw new FoveaError(
      "bad-input",
      `adversarial: eps: expected more than 0 and at most 1 (a pixel's range), got ${eps}`,
    );
  }
  if (!(Number.isSafeInteger(steps) && steps > 0)) {
    throw new FoveaError("bad-input", `adversarial: steps: expected a whole number from 1 on, got ${steps}`);
  }
  return { eps, steps, stepSize: (steps === 1 ? 1.25 : 2.5 / steps) * eps, growth: 0.4 };
}

/** Examples as they are read, and the random numbers of their augmentation. */
type Feeds = Readonly<Record<string, Tensor>>;

export interface Adversary {
  /** The trainable for the attacked images, which are distorted already: float32 in 0..1. */
  readonly attacked: Trainable;
  /**
   * Images 0..1 within eps of the distorted examples, on which the network as it is errs the most that was found.
   * @param progress 0..1 of the training, by which the attack grows
   */
  attack(feeds: Feeds, labels: Tensor, state: Feeds, source: Random, progress: number): Promise<Tensor>;
  close(): Promise<void>;
}

/**
 * Adversarial training (Madry et al. 2018, equation 2.1): the loss is minimised on the images that projected gradient descent makes of
 * each step's own, from a random start. Batch normalisation sees the batch under attack, as the training step does.
 */
export async function openAdversary(
  trainable: Trainable,
  step: Pick<StepGraph, "parameters" | "statistics">,
  {
    settings,
    augmentation,
    runtime,
  }: {
    readonly settings: AdversarialSettings;
    readonly augmentation: Augmentation | null;
    readonly runtime: Runtime;
  },
): Promise<Adversary> {
  const attacked = onPixels(trainable);
  const shown = await runtime.open(shownGraph(trainable, augmentation));
  const attack = await runtime.open(await attackGraph(attacked, step, runtime));
  return {
    attacked,
    async attack(feeds, labels, state, source, progress) {
      const { shown: images } = await shown.run({ ...feeds });
      const { eps, steps, stepSize } = settings;
      const strength = strengthAt(progress, settings);
      const scaled = { eps: strength * eps, steps, stepSize: strength * stepSize };
      return descend(attack, present(images, "shown images"), { labels, ...state }, scaled, source);
    },
    close: async () => {
      await shown.close();
      await attack.close();
    },
  };
}

/** The share of the attack that has grown by then, 0 to 1. */
export function strengthAt(progress: number, { growth = 0 }: Pick<AdversarialSettings, "growth">): number {
  return progress < growth ? progress / growth : 1;
}

/** The same network for pixels that are distorted already. */
export function onPixels(trainable: Trainable): Trainable {
  return { ...trainable, example: { type: "float32", dims: trainable.example.dims } };
}

/** From examples to the distorted images. */
function shownGraph(trainable: Trainable, augmentation: Augmentation | null) {
  const plain: Trainable = { ...trainable, prepare: (_op, pixels) => pixels };
  const op = appendExamples({ graph: emptyGraph("shown"), input: "shown" }, plain, { augmentation });
  return prune(op.graph, ["shown"]);
}

/** Images, labels, bounds and weights to the next images. */
async function attackGraph(
  trainable: Trainable,
  state: Pick<StepGraph, "parameters" | "statistics">,
  runtime: Runtime,
) {
  const network = trainable.build();
  const op = appendExamples(network, trainable, { augmentation: null }, state);
  const scores = trainable.head === "sigmoid" ? pairScores(op, network.logits) : network.logits;
  const typed = await inferTypes(prune(op.graph, [scores]), runtime);
  const step = new Builder(typed).scope("attack");
  const labels = step.input("labels", "int64", ["N"]);
  const { seed } = appendAttackLoss(step, scores, labels, false);
  const gradient = appendGradients(step, { of: scores, wrt: ["examples"], seed }).get("examples");
  const bound = (name: string) => step.input(name, "float32", ["N", ...trainable.example.dims]);
  const next = appendSignStep(step, {
    images: "examples",
    gradient: present(gradient, "gradient of the examples"),
    move: step.input("move", "float32", []),
    low: bound("low"),
    high: bound("high"),
  });
  return prune(step.graph, [step.named("next", next)]);
}

/** From a random start within eps, each step projected back. */
async function descend(
  session: Session,
  images: Tensor,
  fixed: Feeds,
  { eps, steps, stepSize }: AdversarialSettings,
  source: Random,
): Promise<Tensor> {
  const { dims } = images;
  const values = floats(images);
  const low = values.map((value) => Math.max(0, value - eps));
  const high = values.map((value) => Math.min(1, value + eps));
  const start = values.map((_, i) => at(low, i) + source.uniform() * (at(high, i) - at(low, i)));
  const bounds = { low: float32(dims, low), high: float32(dims, high), move: float32([], [stepSize]) };
  let current = float32(dims, start);
  let next = float32(dims, new Float32Array(start.length));
  for (let step = 0; step < steps; step++) {
    await session.run({ ...fixed, ...bounds, examples: current }, { next });
    [current, next] = [next, current];
  }
  return current;
}
