/** @file Optimisers as graph builders: one update of the whole parameter vector. */

import { itemNamed } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import type { Value } from "../../onnx/graph.js";

export interface UpdateInputs {
  readonly parameters: Value;
  readonly gradient: Value;
  /** Learning rate, a scalar. */
  readonly rate: Value;
  /** Number of this update, a float scalar from 1 on. */
  readonly step: Value;
  /** The optimiser's own vectors, in the order of `slots`. */
  readonly slots: readonly Value[];
  /** Per parameter: the decoupled weight decay. */
  readonly decay: Value;
}

export interface Optimizer {
  readonly name: string;
  /** Names of the vectors that it keeps from step to step; they begin at zero. */
  readonly slots: readonly string[];
  readonly defaultRate: number;
  /** Appends the update; returns the new parameters and slots. */
  readonly update: (op: Builder, inputs: UpdateInputs) => { parameters: Value; slots: Value[] };
}

/** The decayed parameters: θ - rate · decay · θ (Loshchilov & Hutter 2019, decoupled). */
function decayParameters(op: Builder, { parameters, rate, decay }: UpdateInputs): Value {
  return op.Sub(parameters, op.Mul(op.Mul(parameters, decay), rate));
}

/** Kingma & Ba 2015, algorithm 1, with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, and decoupled weight decay. */
const adam: Optimizer = {
  name: "adam",
  slots: ["moment1", "moment2"],
  defaultRate: 2e-3,
  update(op, inputs) {
    const { gradient, rate, step, slots } = inputs;
    const [beta1, beta2] = [0.9, 0.999];
    const blend = (old: Value, now: Value, beta: number) =>
      op.Add(op.Mul(old, op.scalar(beta)), op.Mul(now, op.scalar(1 - beta)));
    const m = blend(at(slots, 0), gradient, beta1);
    const v = blend(at(slots, 1), op.Mul(gradient, gradient), beta2);
    const correction = (beta: number) => op.Sub(op.scalar(1), op.Pow(op.scalar(beta), step));
    const size = op.Add(op.Sqrt(op.Div(v, correction(beta2))), op.scalar(1e-8));
    const move = op.Mul(op.Div(m, size), op.Div(rate, correction(beta1)));
    return { parameters: op.Sub(decayParameters(op, inputs), move), slots: [m, v] };
  },
};

/** Stochastic gradient descent with Nesterov momentum 0.9 (Sutskever et al. 2013) and decoupled weight decay. */
const sgd: Optimizer = {
  name: "sgd",
  slots: ["velocity"],
  defaultRate: 0.05,
  update(op, inputs) {
    const { gradient, rate, slots } = inputs;
    const momentum = op.scalar(0.9);
    const velocity = op.Add(op.Mul(at(slots, 0), momentum), gradient);
    const move = op.Mul(op.Add(gradient, op.Mul(velocity, momentum)), rate);
    return { parameters: op.Sub(decayParameters(op, inputs), move), slots: [velocity] };
  },
};

export const optimizers: readonly Optimizer[] = [adam, sgd];

/** @throws FoveaError `unknown-name` */
export function optimizerNamed(name: string): Optimizer {
  return itemNamed("optimizer", name, optimizers);
}
