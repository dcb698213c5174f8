/** @file Rule of Einsum: the product rule, by rewriting the equation. */

import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import type { Builder } from "../../onnx/builder.js";
import { string as stringAttribute, type Value } from "../../onnx/graph.js";
import { dataTypes } from "../../onnx/tensor.js";
import type { Backward, Rule, RuleTable } from "../rule.js";

interface Equation {
  /** The letter of each axis of each operand. */
  readonly terms: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** Letters that stand for an ellipsis. */
  readonly batch: readonly string[];
}

const alphabet = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** y = Σ Πᵢ xᵢ: the gradient of one operand is the sum of products of g and the others over the letters it doesn't have. */
const einsum: Rule = {
  gradients: (backward) => {
    const equation = parseEquation(backward);
    refuseDoubt(backward, equation);
    return backward.inputs.map((_, i) => operandGradient(backward, equation, i));
  },
};

/** Axes of an ellipsis may be broadcast: whether one is has to be known where several operands have it. */
function refuseDoubt({ node, inputs, dims }: Backward, { terms, batch }: Equation): void {
  for (const letter of batch) {
    const sizes = terms.flatMap((term, i) => {
      const axis = term.indexOf(letter);
      return axis < 0 ? [] : [dims(inputs[i])?.[axis] ?? ""];
    });
    const same = sizes.every((size) => size === sizes[0] && size !== "");
    if (sizes.length < 2 || same || sizes.every((size) => typeof size === "number")) continue;
    const message = `an axis of the ellipsis has sizes ${sizes.map((size) => size || "?")}: expected known ones`;
    throw new FoveaError("bad-graph", `node "${node.name}" (Einsum): ${message}`);
  }
}

function operandGradient({ op, inputs, gradients, dims }: Backward, { terms, output }: Equation, i: number): Value {
  const [x, term] = [inputs[i] ?? "", at(terms, i)];
  const [g = ""] = gradients;
  const others = inputs.map((input = "", k) => ({ value: input, letters: at(terms, k) }));
  const factors = [{ value: g, letters: output }, ...others.filter((_, k) => k !== i)];

  // A letter's second axis gets another letter, bound to the first by an identity matrix: only the diagonal counts.
  const unused = alphabet.filter((letter) => ![...terms.flat(), ...output].includes(letter));
  const letters = term.map((letter, axis) => {
    if (term.indexOf(letter) === axis) return letter;
    const other = present(unused.shift(), "letter left for an axis of Einsum");
    factors.push({ value: identity(op, x, axis), letters: [letter, other] });
    return other;
  });

  // A letter that only this operand has was summed, and an axis of size 1 here was broadcast.
  const occurs = (letter: string) => factors.some((factor) => factor.letters.includes(letter));
  const missing = letters.map((letter, axis) => !occurs(letter) || dims(x)?.[axis] === 1);
  const remaining = letters.filter((_, axis) => !missing[axis]);
  const product = contract(op, factors, remaining);
  const axes = missing.flatMap((isMissing, axis) => (isMissing ? [axis] : []));
  return axes.length === 0 ? product : op.Expand(op.Unsqueeze(product, op.ints(axes)), op.Shape(x));
}

interface Factor {
  readonly value: Value;
  readonly letters: readonly string[];
}

/** The Einsum of factors; scalars are multiplied in afterwards. */
function contract(op: Builder, factors: readonly Factor[], to: readonly string[]): Value {
  const scalars = factors.filter(({ letters }) => letters.length === 0).map(({ value }) => value);
  const rest = factors.filter(({ letters }) => letters.length > 0);
  const equation = `${rest.map(({ letters }) => letters.join("")).join(",")}->${to.join("")}`;
  const values = rest.map(({ value }) => value);
  const products = rest.length === 0 ? scalars : [...op.node("Einsum", values, { equation }), ...scalars];
  return products.reduce((a, b) => op.Mul(a, b));
}

function identity(op: Builder, x: Value, axis: number): Value {
  const size = op.Squeeze(op.Shape(x, { start: axis, end: axis + 1 }), op.ints([0]));
  const positions = op.Range(op.int(0), size, op.int(1));
  return op.Cast(op.Equal(op.Unsqueeze(positions, op.ints([1])), positions), { to: dataTypes.float32 });
}

/** The equation with its output written out and letters instead of an ellipsis. */
function parseEquation({ node, inputs, dims }: Backward): Equation {
  const [left = "", right] = stringAttribute(node, "equation", "").replaceAll(" ", "").split("->");
  const operands = left.split(",");
  const unused = alphabet.filter((letter) => !`${left}${right ?? ""}`.includes(letter));
  const ellipses = operands.map((term, i) => {
    if (!term.includes("...")) return 0;
    const rank = dims(inputs[i])?.length;
    if (rank !== undefined) return rank - (term.length - 3);
    const message = `equation "${left}": expected known ranks where it has an ellipsis, got none`;
    throw new FoveaError("bad-graph", `node "${node.name}" (Einsum): ${message}`);
  });
  const batch = unused.slice(0, Math.max(...ellipses));
  const letters = (term: string, count: number) => [...term.replace("...", batch.slice(batch.length - count).join(""))];
  const terms = operands.map((term, i) => letters(term, at(ellipses, i)));
  if (right !== undefined) return { terms, output: letters(right, batch.length), batch };
  const single = [...left].filter((letter, _, all) => /[a-zA-Z]/.test(letter) && count(all, letter) === 1);
  return { terms, output: [...batch, ...single.sort()], batch };
}

function count(letters: readonly string[], letter: string): number {
  return letters.filter((other) => other === letter).length;
}

export const contraction: RuleTable = { Einsum: einsum };
