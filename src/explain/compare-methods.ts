/** @file One image through many methods, with the cost of each. */

import { badInput, checkOptions } from "../foundation/check.js";
import { FoveaError } from "../foundation/error.js";
import type { Tensor } from "../onnx/tensor.js";
import type { Explanation } from "./explanation.js";
import { baselinesOf, type CamMethod, isPassMethod, type QuickBudget, takesNoise, takesSuperpixels } from "./method.js";
import { methods as allMethods } from "./methods/index.js";
import type { Explainer, ExplainerOptions, ExplainOptions } from "./options.js";

/** Opens an explainer for one of the methods, e.g. `model.explainer`. */
export type OpenExplainer = (options: Omit<ExplainerOptions, "runtime">) => Promise<Explainer>;

/** Which methods are compared, and how. */
export interface CompareMethodsOptions extends Omit<ExplainOptions, "progress"> {
  /** Default all, in the order of the table. */
  readonly methods?: readonly CamMethod[];
  /** For all methods; a layer, channels or samples go to the methods that take them. Default those of an explainer. */
  readonly explaining?: Omit<ExplainerOptions, "runtime" | "method">;
  /** In the place of the methods' own quick budgets, for methods that have one. */
  readonly quick?: QuickBudget;
  /** A first run up to this long, in milliseconds, is repeated, so that opening sessions is not billed. Default 2000. */
  readonly repeatUpTo?: number;
  /** Called after each method with how many are done. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** One method's explanation and its cost, or its error. */
export type ComparedMethod =
  | {
      readonly method: CamMethod;
      /** Open until the next method is asked for. */
      readonly explainer: Explainer;
      readonly explanation: Explanation;
      /** Of one run for all explained classes. */
      readonly milliseconds: number;
      readonly error?: undefined;
    }
  | {
      readonly method: CamMethod;
      readonly error: FoveaError;
      readonly explainer?: undefined;
      readonly explanation?: undefined;
      readonly milliseconds?: undefined;
    };

/**
 * Explains an image by each method in turn. A method that does not work for the model is there with its error.
 * @param images the model's input, float32 [N, C, H, W]; N is 1 for a picture
 * @throws the reason of `signal`'s abort
 */
export async function* compareMethods(
  open: OpenExplainer,
  images: Tensor,
  options: CompareMethodsOptions = {},
): AsyncGenerator<ComparedMethod> {
  if (typeof open !== "function") throw badInput("compareMethods", "what opens explainers, e.g. model.explainer", open);
  checkOptions("compareMethods", options);
  const { methods = allMethods, explaining = {}, quick, repeatUpTo = 2000, progress, ...how } = options;
  for (const [i, method] of methods.entries()) {
    how.signal?.throwIfAborted();
    let explainer: Explainer | undefined;
    try {
      explainer = await open({ ...methodOptions(method, explaining, quick), method });
      yield { method, explainer, ...(await timedExplanation(explainer, images, how, repeatUpTo)) };
    } catch (error) {
      // A reason that is a FoveaError looks like the fault of a method.
      how.signal?.throwIfAborted();
      if (!(error instanceof FoveaError)) throw error;
      yield { method, error };
    } finally {
      await explainer?.close();
    }
    progress?.(i + 1, methods.length);
  }
}

/** The methods, those of few runs first. */
export function cheapestFirst(methods: readonly CamMethod[] = allMethods): CamMethod[] {
  const runs = (method: CamMethod) => (isPassMethod(method) ? 2 : "build" in method ? 0 : 1);
  return [...methods].sort((a, b) => runs(a) - runs(b));
}

/** The options for one method: those that it does not take are left out, and its quick budget is the default. */
export function methodOptions(
  method: CamMethod,
  {
    layer,
    topChannels,
    samples,
    noise,
    superpixels,
    baseline,
    ...options
  }: Omit<ExplainerOptions, "runtime" | "method">,
  quick: QuickBudget = {},
): Omit<ExplainerOptions, "runtime"> {
  const ofImage = method.at === "image";
  const budget: QuickBudget = {
    samples: method.quick?.samples && (quick.samples ?? method.quick.samples),
    topChannels: method.quick?.topChannels && (quick.topChannels ?? method.quick.topChannels),
  };
  return {
    ...options,
    ...(layer === undefined || ofImage ? {} : { layer }),
    ...(isPassMethod(method) && !ofImage ? { topChannels: topChannels ?? budget.topChannels } : {}),
    samples: samples ?? budget.samples,
    ...(takesSuperpixels(method) ? { superpixels } : {}),
    ...(takesNoise(method) ? { noise } : {}),
    ...(baselinesOf(method).length > 0 ? { baseline } : {}),
  };
}

async function timedExplanation(
  explainer: Explainer,
  images: Tensor,
  how: ExplainOptions,
  repeatUpTo: number,
): Promise<{ explanation: Explanation; milliseconds: number }> {
  const run = async () => {
    const began = performance.now();
    const explanation = await explainer.explain(images, how);
    return { explanation, milliseconds: performance.now() - began };
  };
  const first = await run();
  return first.milliseconds > repeatUpTo ? first : run();
}
