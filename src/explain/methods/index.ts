/** @file All methods by name. */

import { FoveaError, itemNamed } from "../../foundation/error.js";
import { plainSpelling } from "../../foundation/words.js";
import type { CamMethod } from "../method.js";
import { ablationCam } from "./ablation-cam.js";
import { attentionRollout } from "./attention-rollout.js";
import { attnLrp } from "./attn-lrp.js";
import { cam } from "./cam.js";
import { eigenCam } from "./eigen-cam.js";
import { eigenGradCam } from "./eigen-grad-cam.js";
import { expectedGradients } from "./expected-gradients.js";
import { finerCam } from "./finer-cam.js";
import { fullGrad } from "./full-grad.js";
import { gradCam } from "./grad-cam.js";
import { gradCamElementwise } from "./grad-cam-elementwise.js";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.js";
import { gradient } from "./gradient.js";
import { gradientAttention } from "./gradient-attention.js";
import { gradientShap } from "./gradient-shap.js";
import { gradientXInput } from "./gradient-x-input.js";
import { guidedBackprop } from "./guided-backprop.js";
import { guidedGradCam } from "./guided-grad-cam.js";
import { hiresCam } from "./hires-cam.js";
import { integratedGradients } from "./integrated-gradients.js";
import { isCam } from "./is-cam.js";
import { kernelShap } from "./kernel-shap.js";
import { kpcaCam } from "./kpca-cam.js";
import { layerCam } from "./layer-cam.js";
import { legrad } from "./legrad.js";
import { lime } from "./lime.js";
import { lrp } from "./lrp.js";
import { occlusion } from "./occlusion.js";
import { randomCam } from "./random-cam.js";
import { refineCam } from "./refine-cam.js";
import { rise } from "./rise.js";
import { scoreCam } from "./score-cam.js";
import { shapleyCam } from "./shapley-cam.js";
import { smoothGrad } from "./smooth-grad.js";
import { smoothGradCamPlusPlus } from "./smooth-grad-cam-plus-plus.js";
import { ssCam } from "./ss-cam.js";
import { varGrad } from "./var-grad.js";
import { xgradCam } from "./xgrad-cam.js";

/** All methods, in the order in which they are listed. */
export const methods: readonly CamMethod[] = [
  cam,
  gradCam,
  gradCamPlusPlus,
  smoothGradCamPlusPlus,
  xgradCam,
  hiresCam,
  gradCamElementwise,
  layerCam,
  eigenCam,
  eigenGradCam,
  fullGrad,
  finerCam,
  refineCam,
  shapleyCam,
  kpcaCam,
  scoreCam,
  ssCam,
  isCam,
  ablationCam,
  randomCam,
  gradient,
  gradientXInput,
  smoothGrad,
  varGrad,
  integratedGradients,
  gradientShap,
  expectedGradients,
  guidedBackprop,
  guidedGradCam,
  lrp,
  attnLrp,
  attentionRollout,
  gradientAttention,
  legrad,
  occlusion,
  rise,
  kernelShap,
  lime,
];

/** All methods, each followed by its variants. */
export const methodsAndVariants: readonly CamMethod[] = methods.flatMap((method) => [
  method,
  ...(method.variants ?? []).map((variant) => variant.method),
]);

/**
 * The method or variant of that name, title or alias, in any spelling: small and capital letters, dashes, underscores and spaces make no
 * difference, and `++` is the same as `plus-plus`.
 * @throws FoveaError `unknown-name`
 */
export function methodNamed(name: string): CamMethod {
  const wanted = plainSpelling(name);
  const match = methodsAndVariants.find((method) => spellingsOf(method).includes(wanted));
  return match ?? itemNamed("method", name, methodsAndVariants);
}

/** All plain spellings that mean the method. */
export function spellingsOf({ name, title, aliases = [] }: CamMethod): string[] {
  return [name, title, ...aliases].map(plainSpelling);
}

/** Runs an action; an error about an operator without a gradient also names the methods that need none. */
export function namingGradientFree<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof FoveaError) || error.code !== "unsupported-operator") throw error;
    const names = methods.filter(({ needsGradient, baseline }) => !needsGradient && !baseline).map(({ name }) => name);
    const message = `${error.message}; ${names.join(", ")} need no gradient`;
    throw new FoveaError(error.code, message, { cause: error });
  }
}
