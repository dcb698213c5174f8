/** @file The families of methods, in the order in which they are shown. */

import { type CamMethod, type FamilyName, isFine, isPassMethod } from "../method.js";
import { methods as allMethods } from "./index.js";

/** Methods that answer by the same means. */
export interface MethodFamily {
  readonly name: FamilyName;
  readonly title: string;
  /** What they do, in half a sentence. */
  readonly says: string;
}

/** The table of families; random maps, which others are measured against, are the last. */
export const families: readonly MethodFamily[] = [
  { name: "cam", title: "CAM of a layer", says: "feature maps of one layer, weighed and summed up" },
  { name: "pixels", title: "Gradients of pixels", says: "how the score changes with each pixel" },
  { name: "relevance", title: "Relevance", says: "the score shared out backwards, layer by layer" },
  { name: "perturbation", title: "Perturbation", says: "how the score falls where the picture is covered" },
  { name: "attention", title: "Attention", says: "which tokens of a transformer look at which" },
  { name: "baseline", title: "To compare with", says: "random maps: what is no better explains nothing" },
];

/** The method's own, or by what it looks at. */
export function familyOf(method: CamMethod): FamilyName {
  const { baseline = false } = method;
  if (method.family) return method.family;
  if (baseline) return "baseline";
  if (!isFine(method)) return "cam";
  return isPassMethod(method) ? "perturbation" : "pixels";
}

/** A family with those of its methods that are there. */
export interface FamilyOfMethods {
  readonly family: MethodFamily;
  readonly methods: readonly CamMethod[];
}

/**
 * The methods by family; in each those that are exact place by place come first, and those that never ask for the class last.
 * Families without a method are left out.
 */
export function byFamily(methods: readonly CamMethod[] = allMethods): FamilyOfMethods[] {
  const rank = ({ placeExact, classBlind }: CamMethod) => (placeExact ? 0 : classBlind ? 2 : 1);
  return families
    .map((family) => ({
      family,
      methods: methods.filter((method) => familyOf(method) === family.name).sort((a, b) => rank(a) - rank(b)),
    }))
    .filter((each) => each.methods.length > 0);
}
