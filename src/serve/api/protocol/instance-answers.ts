/** @file The answers of KServe's first protocol: predictions, and explanations as `<fovea-heatmap>` reads their maps. */

import type { ClassAnswer, ExplainedClass, ExplainedImage, Scored } from "../engine/messages.js";

export function predictionOf({ predicted, scores, probabilities }: Scored) {
  return { ...classOf(predicted), scores: [...scores], probabilities: [...probabilities] };
}

export function explanationOf(
  { predicted, explanation }: Scored,
  { against, signed }: { readonly against: boolean; readonly signed: boolean },
) {
  if (explanation === undefined) throw new Error("internal: an image was not explained");
  const { layer, method, size, maps } = explanation;
  return {
    predicted: classOf(predicted),
    ...{ method, layer, against },
    ...(size ? { image: size } : {}),
    maps: maps.map((map) => mapOf(map, explanation, signed)),
  };
}

function classOf({ index, label, score, probability }: ClassAnswer) {
  return { class: index, label, score, probability };
}

function mapOf({ sizes, values, note, overlay, ...rest }: ExplainedClass, { box }: ExplainedImage, signed: boolean) {
  const [height = 1, width = 1] = sizes;
  return {
    ...classOf(rest),
    ...(sizes.length === 2 ? { width, height } : { sizes }),
    values: [...values],
    ...(box ? { box } : {}),
    signed,
    ...(note === undefined ? {} : { note }),
    ...(overlay ? { overlay: { b64: Buffer.from(overlay).toString("base64") } } : {}),
  };
}
