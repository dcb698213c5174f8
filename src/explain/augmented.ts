/** @file Test-time augmentation: the mean of the maps of a picture, its mirror image, and both brighter and darker. */

import { FoveaError, shortened } from "../foundation/error.js";
import { checkPictures } from "../model/layers/layer.js";
import type { Layout } from "../model/layers/layout.js";
import { float32, floats, type Tensor } from "../onnx/tensor.js";
import type { Explanation } from "./explanation.js";
import { withEvidence } from "./maps.js";
import type { Augmentation, Explainer, ExplainOptions } from "./options.js";

/**
 * The mean of the evidence over all mirrorings and scales, each explained for the classes of the picture as it is; six runs by
 * default, as with pytorch-grad-cam's `aug_smooth` (which averages maps that it has stretched to [0, 1] before).
 * @throws FoveaError `bad-input` for scales that are none
 */
export function augmentedExplainer(explainer: Explainer, augmentation: Augmentation): Explainer {
  const { mirror = true, scales = [0.9, 1, 1.1] } = augmentation;
  if (scales.length === 0 || !scales.every((scale) => Number.isFinite(scale) && scale !== 0))
    throw new FoveaError("bad-input", `augmentation: scales: expected numbers other than 0, got ${shortened(scales)}`);
  const { layout } = checkPictures(explainer.model);
  const variants = scales.flatMap((scale) => (mirror ? [false, true] : [false]).map((flip) => ({ scale, flip })));
  const note = `the mean over ${variants.length} versions of the image: scaled by ${scales.join(", ")}${mirror ? ", and mirrored" : ""}`;
  return {
    ...explainer,
    notes: [...explainer.notes, note],
    async explain(images, options = {}) {
      const plain = await explainer.explain(images, options);
      const sum = new Float32Array(plain.evidence.size);
      for (const { scale, flip } of variants) {
        const same = scale === 1 && !flip;
        const view = same ? plain : await explainAs(explainer, varyImages(images, scale, flip, layout), plain, options);
        const evidence = flip ? mirrorColumns(view.evidence, 1) : view.evidence;
        floats(evidence).forEach((value, i) => {
          sum[i] = (sum[i] ?? 0) + value / variants.length;
        });
      }
      return withEvidence(plain, float32(plain.evidence.dims, sum));
    },
  };
}

/** Other images, explained for the classes that an explanation has. */
async function explainAs(
  explainer: Explainer,
  images: Tensor,
  { classes, evidence }: Explanation,
  options: ExplainOptions,
): Promise<Pick<Explanation, "evidence">> {
  const [count = 0, perImage = 0, ...sizes] = evidence.dims;
  const all = new Float32Array(evidence.size);
  const size = evidence.size / (count * perImage);
  for (let k = 0; k < perImage; k++) {
    const labels = classes.flatMap((row) => row.slice(k, k + 1));
    const viewEvidence = floats((await explainer.explain(images, { ...options, labels })).evidence);
    for (let i = 0; i < count; i++) all.set(viewEvidence.subarray(i * size, (i + 1) * size), (i * perImage + k) * size);
  }
  return { evidence: float32([count, perImage, ...sizes], all) };
}

function varyImages(images: Tensor, scale: number, flip: boolean, layout: Layout): Tensor {
  const scaled = float32(
    images.dims,
    floats(images).map((value) => scale * value),
  );
  const [, , , channels = 1] = images.dims;
  return flip ? mirrorColumns(scaled, layout === "nchw" ? 1 : channels) : scaled;
}

/** Mirrored along the axis of columns: the last, or the one before it if each place has `step` numbers. */
function mirrorColumns(tensor: Tensor, step: number): Tensor {
  const { dims } = tensor;
  const width = dims.at(step === 1 ? -1 : -2) ?? 1;
  const values = floats(tensor);
  const result = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += step) {
    const place = at / step;
    const column = place % width;
    const from = (place - column + (width - 1 - column)) * step;
    result.set(values.subarray(from, from + step), at);
  }
  return float32(dims, result);
}
