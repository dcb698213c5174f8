/** @file Rules of guided backpropagation: rectifiers that also rectify the gradient. */

import type { GraphNode, Value } from "../onnx/graph.js";
import { floats, type Tensor } from "../onnx/tensor.js";
import { flat, type Rule, type RuleTable } from "./rule.js";
import { rules } from "./rules/index.js";

const rectifiers = ["Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Clip"];

/**
 * Springenberg et al., "Striving for Simplicity: The All Convolutional Net", ICLR 2015 workshop, section 3.4: backwards through a
 * rectifier only positive gradients pass, and only where its input was positive. For `rules` of `differentiate`.
 */
export const guidedRules: RuleTable = Object.fromEntries(rectifiers.map((op) => [op, guideRule(rules[op])]));

function guideRule(rule: RuleTable[string] | undefined): Rule {
  if (rule === undefined || rule === flat) throw new Error("internal: a rectifier has no rule");
  return {
    ...rule,
    gradients: (backward) => {
      const { op, node, gradients } = backward;
      if (!isRectifier(node, (value) => op.graph.initializers.get(value))) return rule.gradients(backward);
      return rule.gradients({ ...backward, gradients: gradients.map((gradient) => gradient && op.Relu(gradient)) });
    },
  };
}

/** Whether guided backpropagation differs from the gradient at a node: at a Clip only from 0 on. */
export function isRectifier({ op, inputs }: GraphNode, constant: (value: Value) => Tensor | undefined): boolean {
  if (!rectifiers.includes(op)) return false;
  const low = op === "Clip" ? constant(inputs[1] ?? "") : undefined;
  return op !== "Clip" || (low?.type === "float32" && floats(low)[0] === 0);
}
