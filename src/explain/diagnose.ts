/** @file Why a map is blank, in words. */

export type MapCondition = "fine" | "not-finite" | "no-gradient" | "silent-layer" | "all-against" | "constant";

export interface Diagnosis {
  readonly condition: MapCondition;
  /** One sentence for people; empty when the map is fine. */
  readonly text: string;
}

/**
 * Looks at one map before its ReLU.
 * @param evidence the weighted sum, [h·w]
 * @param weights the channel weights α, [C], where the method has them
 */
export function diagnose(evidence: Float32Array, weights?: Float32Array): Diagnosis {
  let [low, high, negative, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, true];
  for (const value of evidence) {
    if (!Number.isFinite(value)) finite = false;
    if (value < 0) negative++;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!finite) {
    return {
      condition: "not-finite",
      text: "The map holds values that are no finite numbers: the network overflows on this image.",
    };
  }
  if (high <= 0) {
    if (weights?.every((weight) => weight === 0)) {
      const text =
        "The gradient is zero in every channel of this layer: units behind it are off or saturated. Choose an earlier layer.";
      return { condition: "no-gradient", text };
    }
    if (low === 0) {
      const text = "The layer is silent: its activations are zero wherever the class has weight. Choose another layer.";
      return { condition: "silent-layer", text };
    }
    const share = Math.round((100 * negative) / evidence.length);
    const rest = share === 100 ? "everything" : `${share} %`;
    const text = `No evidence for this class: ${rest} at this layer speaks against it${share === 100 ? "" : ", and the rest is silent"}. Look at what speaks against it instead.`;
    return { condition: "all-against", text };
  }
  if (high - low <= 1e-6 * high && evidence.length > 1) {
    return {
      condition: "constant",
      text: "The map has the same value everywhere: this layer does not tell places apart.",
    };
  }
  return { condition: "fine", text: "" };
}
