/** @file Attacks in the maximum norm that show how small a change flips a prediction: FGSM and PGD, for measuring one's own model. */

import { appendAttackLoss, appendSignStep } from "../../autodiff/attack-step.js";
import { namingGradientFree } from "../../explain/methods/index.js";
import { differentiated } from "../../explain/run/gradients.js";
import { FoveaError, shortened } from "../../foundation/error.js";
import { Lifetime } from "../../foundation/lifetime.js";
import { at, present } from "../../foundation/present.js";
import { random } from "../../foundation/random.js";
import type { Model } from "../../model/model.js";
import { filledUp, rowsOf, singleImages } from "../../model/run/batches.js";
import { appendScores, checkImages } from "../../model/run/classifier.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Graph } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { float32, floats, int64, type Tensor } from "../../onnx/tensor.js";
import type { Runtime, Session } from "../../runtime/session.js";
import { attackBounds, type Bounds, perChannel, wholePixels } from "../trial/input-pixels.js";
import { type AttackMethod, attackMethods } from "./attack-methods.js";

export interface AttackOptions {
  /**
   * `fgsm`: one step of size eps along the sign of the loss' gradient (Goodfellow et al. 2015, section 4). `pgd` (default):
   * steps from a random start, each projected back to within eps (Madry et al. 2018, section 2.1).
   */
  readonly method?: AttackMethod;
  /** How far any pixel may move, the range 0..255 being 1: above 0, at most 1. Default 8/255. */
  readonly eps?: number;
  /** Steps of PGD. Default 40. */
  readonly steps?: number;
  /** How far a step of PGD goes, in the units of `eps`. Default 2.5 eps / steps. */
  readonly stepSize?: number;
  /** Make the network see this class. Default: make it see any but the true one. */
  readonly target?: number | undefined;
  /** Of PGD's random start, which is the same for every image: none depends on its neighbours. Default 1. */
  readonly seed?: number | string;
  /** Round to whole pixels within eps, as a file holds them. Default false. */
  readonly whole?: boolean;
  /** Called before each step; an error thrown from it ends the attack. */
  readonly onStep?: (step: number, steps: number) => void;
}

/** N images after an attack. */
export interface Attacked {
  /** The model's input, in the given shape. */
  readonly images: Tensor;
  /** Loss of each image before every step, [steps, N]: against the true class, or against the target. */
  readonly losses: readonly Float32Array[];
}

export interface Attack {
  /**
   * @param images the model's input, float32 [N, C, H, W], made from pictures
   * @param labels the true class of each
   * @throws FoveaError `bad-input` for images that no picture gives, labels that are no class, or options out of range
   */
  run(images: Tensor, labels: ArrayLike<number>, options?: AttackOptions): Promise<Attacked>;
  close(): Promise<void>;
}

/** Names of the step's inputs and outputs besides the images. */
const names = { classes: "attack/classes", move: "attack/move", low: "attack/low", high: "attack/high" } as const;
const [nextName, lossName] = ["attack/next", "attack/loss"];

/**
 * Perturbs images by FGSM or PGD, so that their class changes. One step is one graph: gradient, sign, step and projection. The next one takes its outputs.
 * @throws FoveaError `unsupported-operator` where the network has no gradient down to its input, `bad-graph` for one class
 */
export async function createAttack(model: Model, { runtime }: { readonly runtime: Runtime }): Promise<Attack> {
  if (model.classCount === 1)
    throw new FoveaError("bad-graph", "attack: expected scores of two or more classes, got one");
  const session = await runtime.open(stepGraph(model));
  const lifetime = new Lifetime("attack");
  const run: Attack["run"] = async (images, labels, options = {}) => {
    const count = checkImages(model, images);
    const plan = planOf(options);
    const classes = checkedClasses(model, labels, count, plan.target);
    const {
      dims: [perRun = 1],
    } = filledUp(model, rowsOf(images, 0, 1));
    if (perRun === count || (perRun === 1 && !model.oneByOne)) return iterate(model, session, images, classes, plan);
    const each: Attacked[] = [];
    for (const [i, image] of singleImages(images).entries()) {
      const filled = filledUp(model, image);
      const copies = Array<number>(filled.dims[0] ?? 1).fill(at(classes, i));
      const attacked = await iterate(model, session, filled, copies, plan);
      each.push({ ...attacked, images: rowsOf(attacked.images, 0, 1) });
    }
    return sideBySide(each, images);
  };
  return {
    run: (images, labels, options) => lifetime.run(() => run(images, labels, options)),
    close: () => lifetime.close(() => session.close()),
  };
}

type Plan = ReturnType<typeof planOf>;

function planOf(options: AttackOptions) {
  const { method = "pgd", eps = 8 / 255, target, seed = 1, whole = false, onStep } = options;
  const steps = method === "fgsm" ? 1 : (options.steps ?? 40);
  const stepSize = method === "fgsm" ? eps : (options.stepSize ?? (2.5 * eps) / steps);
  if (!attackMethods.includes(method)) refuse("method", attackMethods.join(" or "), method);
  if (!(eps > 0 && eps <= 1)) refuse("eps", "more than 0 and at most 1 (the range of a pixel)", eps);
  if (!(Number.isSafeInteger(steps) && steps > 0)) refuse("steps", "a whole number from 1 on", steps);
  if (!(stepSize > 0 && stepSize <= 1))
    refuse("step size", "more than 0 and at most 1 (the range of a pixel)", stepSize);
  return { method, eps, target, seed, whole, onStep, steps, stepSize };
}

function refuse(what: string, expected: string, got: unknown): never {
  throw new FoveaError("bad-input", `attack: ${what}: expected ${expected}, got ${shortened(got)}`);
}

/** The class whose loss is followed, for each image: the true one, or the target. */
function checkedClasses(model: Model, labels: ArrayLike<number>, count: number, target: number | undefined): number[] {
  if (labels.length !== count) refuse("labels", `one for each of ${count} images`, labels.length);
  const classes = Array.from(labels, (label) => target ?? label);
  const last = (model.classCount ?? Number.POSITIVE_INFINITY) - 1;
  const wrong = classes.find((index) => !(Number.isInteger(index) && index >= 0 && index <= last));
  if (wrong !== undefined) refuse(target === undefined ? "label" : "target", `a class from 0 to ${last}`, wrong);
  return classes;
}

async function iterate(
  model: Model,
  session: Session,
  images: Tensor,
  classes: readonly number[],
  { method, eps, target, seed, whole, onStep, steps, stepSize }: Plan,
): Promise<Attacked> {
  const bounds = attackBounds(model, images, eps);
  const distance = perChannel(model, target === undefined ? stepSize : -stepSize);
  const fixed = {
    [names.classes]: int64(classes),
    [names.move]: distance,
    [names.low]: bounds.low,
    [names.high]: bounds.high,
  };
  const losses: Float32Array[] = [];
  let current = method === "fgsm" ? images : randomStart(bounds, classes.length, seed);
  let next = float32(images.dims, new Float32Array(images.size));
  for (let step = 0; step < steps; step++) {
    onStep?.(step, steps);
    const results = await session.run({ ...fixed, [model.input.name]: current }, { [nextName]: next });
    losses.push(floats(present(results[lossName], lossName)));
    // The images given are not ours to write to.
    const free = current === images ? float32(images.dims, new Float32Array(images.size)) : current;
    [current, next] = [next, free];
  }
  return { images: whole ? wholePixels(model, current, bounds) : current, losses };
}

/** Anywhere between the bounds, evenly. */
function randomStart({ low, high }: Bounds, count: number, seed: number | string): Tensor {
  const [from, to] = [floats(low), floats(high)];
  const size = low.size / count;
  const source = random(seed).fork("attack");
  const shares = Float32Array.from({ length: size }, () => source.uniform());
  return float32(
    low.dims,
    from.map((least, i) => least + (shares[i % size] as number) * ((to[i] as number) - least)),
  );
}

/** Images, classes, a step's size and bounds to the next images and the loss of those given. */
function stepGraph(model: Model): Graph {
  const op = new Builder(copyGraph(model.graph));
  const { scores } = appendScores(op, model);
  const classes = op.input(names.classes, "int64", ["N"]);
  const { loss, seed } = appendAttackLoss(op, scores, classes, model.ending === "sigmoid");
  const { name, dims } = model.input;
  const gradients = namingGradientFree(() => differentiated(op, { of: scores, wrt: [name], seed }));
  const step = op.scope("attack");
  const move = step.input(names.move, "float32", [1, "", "", ""]);
  const [low, high] = [step.input(names.low, "float32", dims), step.input(names.high, "float32", dims)];
  const gradient = present(gradients.get(name), `gradient of ${name}`);
  const next = appendSignStep(step, { images: name, gradient, move, low, high });
  return prune(op.graph, [step.named(nextName, next), step.named(lossName, loss)]);
}

function sideBySide(each: readonly Attacked[], { dims, size }: Tensor): Attacked {
  const all = new Float32Array(size);
  each.forEach(({ images }, i) => all.set(floats(images), (i * size) / each.length));
  const losses = (each[0]?.losses ?? []).map((_, step) =>
    Float32Array.from(each, ({ losses }) => at(at(losses, step), 0)),
  );
  return { images: float32(dims, all), losses };
}
