/** @file Layer-wise relevance propagation: the walk of the differentiator with a table of rules that share a score out. */

import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { type Graph, int, type Value } from "../../onnx/graph.js";
import { type Backward, flat, type Rule, type RuleTable } from "../rule.js";
import { rules as gradientRules } from "../rules/index.js";
import { Facts, operators } from "./facts.js";
import { findLinearLayers, type LinearLayer, parametersOf } from "./linear-layers.js";
import { epsilonRule, type LinearRule, type LinearStep } from "./linear-rules.js";
import { normalisers } from "./normalisers.js";
import { positiveQuotient, quotient } from "./stabilise.js";

/** Which rule each kind of layer gets. */
export interface Composite {
  /** Of linear layers between which and the image no other lies. Default: as others of their kind. */
  readonly first?: LinearRule;
  /** Of convolutions. Default `epsilonRule`. */
  readonly convolution?: LinearRule;
  /** Of dense layers. Default `epsilonRule`. */
  readonly dense?: LinearRule;
  /** Relevance stops at a softmax: attention counts as constant, and all of it goes to the values. Default false. */
  readonly stopsAtSoftmax?: boolean;
}

/** Operators that move numbers, choose some of them, or repeat them: relevance goes where the gradient would. */
const moving = operators(`
  Cast CastLike Concat DepthToSpace Dropout Expand Flatten Gather GatherElements GatherND GlobalMaxPool
  Identity Max MaxPool Min Pad ReduceMax ReduceMin Reshape ReverseSequence Slice SpaceToDepth Split Squeeze
  Tile TopK Transpose Trilu Unsqueeze Where
`);

/** Functions of single numbers, and normalisations by stored or computed numbers: all relevance goes through. */
const functions = operators(`
  Abs BatchNormalization Celu Clip Cos DequantizeLinear Elu Erf Exp Gelu GroupNormalization HardSigmoid
  HardSwish InstanceNormalization LRN LeakyRelu Log LpNormalization MeanVarianceNormalization Mish Neg PRelu
  QuantizeLinear RMSNormalization Reciprocal Relu Selu Sigmoid Sin Softplus Softsign Sqrt Swish Tanh
  ThresholdedRelu
`);

/** Sums, means and products: each operand gets its share of the result. */
const sums = operators(`
  AveragePool CumSum Einsum GlobalAveragePool Mean ReduceMean ReduceSum Resize Sub Sum
`);

/**
 * The rules of relevance propagation for a graph; for `rules` of `differentiate`, where the `seed` is the relevance of `of`, as a
 * rule its value. What arrives at a value is its relevance, Bach et al., PLOS ONE 2015. Linear layers follow the composite; a
 * batch normalisation with stored statistics belongs to the convolution before it, or passes all on. Sums share by contribution, as
 * the ε-rule does. Functions of single numbers pass all of it (Achtibat et al., "AttnLRP", ICML 2024, eq. 9), products of two
 * values that depend on the image halve it (their propositions 3.2 and 3.3), a softmax is linearised (proposition 3.1), and what a
 * normalisation divides by counts as constant (proposition 3.4).
 * @param input the image
 * @throws FoveaError `unsupported-operator`, once the walk is there, where an operator has a gradient and no such rule
 */
export function relevanceRules(graph: Graph, input: Value, composite: Composite = {}): RuleTable {
  const { stopsAtSoftmax = false } = composite;
  const facts = new Facts(graph, input, flatOperators, stopsAtSoftmax ? ["Softmax"] : []);
  const { byOutput, merged } = findLinearLayers(facts);
  const table = (names: Iterable<string>, rule: (gradient: Rule) => Rule): RuleTable =>
    Object.fromEntries(Array.from(names, (name) => [name, rule(gradientRule(name))]));
  const passed = pass(facts);
  const shared = (gradient: Rule) => sharing(facts, gradient);
  return {
    ...gradientRules,
    ...table(differentiable, () => refusal),
    ...table(moving, (gradient) => gradient),
    ...table(functions, () => passed),
    ...table(["Div", "Pow"], () => ({ ...passed, broadcast: "all" })),
    ...table(sums, shared),
    ...table(["Add"], (gradient) => either(({ node }) => merged.has(node.outputs[0] ?? ""), passed, shared(gradient))),
    ...table(["Mul"], (gradient) => ({ ...gradient, gradients: (backward) => productShares(facts, backward) })),
    ...table(["Conv", "ConvTranspose", "Gemm", "MatMul"], (gradient) => {
      const layerOf = ({ node }: Backward) => byOutput.get(node.outputs[0] ?? "");
      const ruled = linear(gradient, facts, (backward) => present(layerOf(backward), "linear layer"), composite);
      return either((backward) => layerOf(backward) !== undefined, ruled, shared(gradient));
    }),
    ...normalisers,
    ...(stopsAtSoftmax ? { Softmax: { gradients: () => [] } } : {}),
  };
}

const differentiable = Object.keys(gradientRules).filter((name) => gradientRules[name] !== flat);
const flatOperators = Object.keys(gradientRules).filter((name) => gradientRules[name] === flat);

function gradientRule(name: string): Rule {
  const rule = gradientRules[name];
  if (rule === undefined || rule === flat) throw new Error(`internal: ${name} has no gradient`);
  return rule;
}

/** One of two rules of the same operator. */
function either(isFirst: (backward: Backward) => boolean, first: Rule, second: Rule): Rule {
  return {
    ...second,
    gradients: (backward) => (isFirst(backward) ? first : second).gradients(backward),
  };
}

const refusal: Rule = {
  gradients: ({ node }) => {
    const why = "has no rule of relevance propagation";
    const advice = "use gradient-x-input or integrated-gradients, which need its gradient alone";
    throw new FoveaError("unsupported-operator", `node "${node.name}": operator ${node.op} ${why}: ${advice}`);
  },
};

/** All goes to the first input that depends on the image. */
function pass(facts: Facts): Rule {
  return {
    gradients: ({ inputs, gradients: [relevance] }) => {
      const taker = inputs.findIndex((input) => facts.takes(input));
      return inputs.map((_, i) => (i === taker ? relevance : undefined));
    },
  };
}

/** Each input x of a sum or a product z gets x ∂z/∂x R / (n z), n the number of factors that depend on the image. */
function sharing(facts: Facts, gradient: Rule): Rule {
  return {
    ...gradient,
    gradients: (backward) => {
      const { op, node, inputs, gradients, output } = backward;
      const [relevance = ""] = gradients;
      const factors = products.has(node.op) ? inputs.filter((input) => facts.takes(input)).length : 1;
      const rectifier = facts.rectifierOf(output(0));
      // A rectified sum has relevance only where it is positive, and there the rectifier's output is the sum.
      const sum = rectifier?.op === "Relu" ? (rectifier.outputs[0] ?? "") : output(0);
      const z = factors > 1 ? op.Mul(sum, op.scalar(factors)) : sum;
      const c = facts.isNonNegative(sum) ? positiveQuotient(op, relevance, z) : quotient(op, relevance, z);
      const parts = gradient.gradients({ ...backward, gradients: [c] });
      const shares = parts.map((part, i) => (part && facts.takes(inputs[i]) ? op.Mul(inputs[i], part) : undefined));
      return node.op === "Add" && sum !== output(0) ? withRest(facts, backward, shares) : shares;
    },
  };
}

/**
 * Of two summands of the same sizes, one that a convolution makes gets what the other leaves, which is its share but for ε: it then
 * need not be kept, and onnxruntime makes one step of the convolution, the sum and the rectifier.
 */
function withRest(
  facts: Facts,
  { op, inputs, gradients: [relevance], dims, node }: Backward,
  shares: readonly (Value | undefined)[],
): (Value | undefined)[] {
  const isWhole = (value: Value | undefined) => String(dims(value)) === String(dims(node.outputs[0]));
  const isMade = (value = "") => ["Conv", "BatchNormalization"].includes(facts.producerOf.get(value)?.op ?? "");
  const rest = inputs.findLastIndex(isMade);
  if (rest < 0 || !inputs.every((input) => isWhole(input) && facts.takes(input))) return [...shares];
  return shares.map((share, i) => (i === rest ? op.Sub(relevance, shares[1 - i]) : share));
}

const products = new Set(["Conv", "ConvTranspose", "Einsum", "Gemm", "MatMul"]);

/**
 * A product of two values that depend on the image halves its relevance. Where both are functions of the same numbers, element by
 * element, the product is such a function, too (x · sigmoid(x)): all goes through, by the shorter way.
 */
function productShares(facts: Facts, { op, inputs, gradients: [relevance = ""] }: Backward): (Value | undefined)[] {
  const takers = inputs.filter((input) => facts.takes(input));
  const [a, b] = takers.map((input) => facts.rootOf(input));
  if (a === undefined || b === undefined) return inputs.map((input) => (facts.takes(input) ? relevance : undefined));
  if (a.root !== b.root) {
    const half = op.Mul(relevance, op.scalar(0.5));
    return [half, half];
  }
  return a.steps <= b.steps ? [relevance, undefined] : [undefined, relevance];
}

/** A linear layer, by the composite's rule for it. */
function linear(
  gradient: Rule,
  facts: Facts,
  layerOf: (backward: Backward) => LinearLayer,
  { first, convolution = epsilonRule, dense = epsilonRule }: Composite,
): Rule {
  return {
    ...gradient,
    gradients: (backward) => {
      const layer = layerOf(backward);
      const usual = layer.kind === "convolution" ? convolution : dense;
      const rule = layer.isFirst ? (first ?? usual) : usual;
      const relevance = rule(stepOf(gradient, facts, layer, backward));
      return backward.inputs.map((_, i) => (i === layer.x ? relevance : undefined));
    },
  };
}

function stepOf(gradient: Rule, facts: Facts, layer: LinearLayer, backward: Backward): LinearStep {
  const { op, node, inputs, gradients, dims } = backward;
  const [relevance = ""] = gradients;
  const x = inputs[layer.x] ?? "";
  const given = inputs[layer.weight] ?? "";
  const { weight, bias } = parametersOf(op, layer, given);
  const withOthers = (x: Value, weight: Value, bias?: Value) => {
    const operands = layer.x === 0 ? [x, weight] : [weight, x];
    return bias === undefined ? operands : [...operands, bias];
  };
  return {
    ...{ op, x, weight, bias, relevance },
    z: layer.output,
    isNonNegative: facts.isNonNegative(x),
    isRectified: layer.isRectified,
    isPlainConvolution: node.op === "Conv" && int(node, "group", 1) === 1 && dims(x) !== undefined,
    apply(x, weight, bias) {
      if (node.op !== "MatMul") return op.node(node.op, withOthers(x, weight, bias), node.attributes)[0];
      const result = op.MatMul(...withOthers(x, weight));
      return bias === undefined ? result : op.Add(result, bias);
    },
    back: (x, weight, c) =>
      present(gradient.gradients({ ...backward, inputs: withOthers(x, weight), gradients: [c] })[layer.x], "gradient"),
  };
}
