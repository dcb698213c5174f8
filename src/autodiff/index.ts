/** @file Door `fovea/autodiff`: gradients of graphs as graphs. */

export { type CheckGradientsOptions, checkGradients, type GradientCheck } from "./check-gradients.js";
export {
  appendGradients,
  appendLocalGradients,
  type Differentiated,
  type DifferentiateOptions,
  differentiate,
} from "./differentiate.js";
export { guidedRules, isRectifier } from "./guided.js";
export { isQuantized, whyNoRule } from "./no-rule.js";
export { type Backward, flat, type Rule, type RuleTable } from "./rule.js";
export { rules } from "./rules/index.js";
