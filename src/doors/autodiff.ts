/** @file Door `fovea/autodiff`: gradients of graphs as graphs. */

export { type CheckGradientsOptions, checkGradients, type GradientCheck } from "../autodiff/check-gradients.js";
export {
  appendGradients,
  appendLocalGradients,
  type Differentiated,
  type DifferentiateOptions,
  differentiate,
} from "../autodiff/differentiate.js";
export { guidedRules, isRectifier } from "../autodiff/guided.js";
export { isQuantized, whyNoRule } from "../autodiff/no-rule.js";
export { type Backward, flat, type Rule, type RuleTable } from "../autodiff/rule.js";
export { rules } from "../autodiff/rules/index.js";
