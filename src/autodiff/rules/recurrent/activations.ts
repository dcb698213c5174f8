/** @file The activation functions of recurrent layers, by their names in the attribute `activations`. */

import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { type Builder, float } from "../../../onnx/builder.js";
import { float as floatAttribute, type GraphNode, ints as numbersAttribute, type Value } from "../../../onnx/graph.js";

/** Appends an activation of a value. */
export type Activate = (op: Builder, x: Value) => Value;

/** An activation's parameters with their defaults, as far as it has any, and its formula. */
interface Activation {
  readonly alpha?: number;
  readonly beta?: number;
  readonly of: (op: Builder, x: Value, alpha: number, beta: number) => Value;
}

const plain = (operator: string): Activation => ({ of: (op, x) => op.node(operator, [x])[0] });
const sloped = (operator: string, alpha: number): Activation => ({
  alpha,
  of: (op, x, a) => op.node(operator, [x], { alpha: float(a) })[0],
});

const activations: Readonly<Record<string, Activation>> = {
  affine: { alpha: 1, beta: 0, of: (op, x, a, b) => op.Add(op.Mul(x, op.scalar(a)), op.scalar(b)) },
  elu: sloped("Elu", 1),
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    of: (op, x, a, b) => op.node("HardSigmoid", [x], { alpha: float(a), beta: float(b) })[0],
  },
  leakyrelu: sloped("LeakyRelu", 0.01),
  relu: plain("Relu"),
  scaledtanh: { alpha: 1, beta: 1, of: (op, x, a, b) => op.Mul(op.Tanh(op.Mul(x, op.scalar(b))), op.scalar(a)) },
  sigmoid: plain("Sigmoid"),
  softplus: plain("Softplus"),
  softsign: plain("Softsign"),
  tanh: plain("Tanh"),
  thresholdedrelu: sloped("ThresholdedRelu", 1),
};

/**
 * The activations of all directions, those of the first direction first. Parameters are taken in turn by those that have any.
 * @param defaults of one direction
 * @throws FoveaError `unsupported-operator` for a name that the specification does not have
 */
export function readActivations(node: GraphNode, defaults: readonly string[], directions: number): Activate[] {
  const given = node.attributes.activations;
  const names = given?.type === "strings" ? given.value : Array.from({ length: directions }, () => defaults).flat();
  const [alphas, betas] = [parameters(node, "activation_alpha"), parameters(node, "activation_beta")];
  return names.map((name) => {
    const found = activations[name.toLowerCase()];
    if (found === undefined) {
      throw new FoveaError(
        "unsupported-operator",
        `node "${node.name}" (${node.op}): activation: expected one of ${Object.keys(activations).join(", ")}, got ${name}`,
      );
    }
    const alpha = found.alpha === undefined ? 0 : (alphas.shift() ?? found.alpha);
    const beta = found.beta === undefined ? 0 : (betas.shift() ?? found.beta);
    return (op, x) => found.of(op, x, alpha, beta);
  });
}

function parameters(node: GraphNode, name: string): number[] {
  return [...(numbersAttribute(node, name) ?? [])];
}

/** Cuts values to [-clip, clip] before an activation, where the node says so. */
export function clipped(node: GraphNode, activate: Activate): Activate {
  if (node.attributes.clip === undefined) return activate;
  const bound = floatAttribute(node, "clip", 0);
  return (op, x) => activate(op, op.Clip(x, op.scalar(-bound), op.scalar(bound)));
}

/** The activations of one direction. */
export function ofDirection(all: readonly Activate[], count: number, direction: number): Activate[] {
  return Array.from({ length: count }, (_, i) => at(all, direction * count + i));
}
