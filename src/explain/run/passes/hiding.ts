/** @file What stands in the place of superpixels that are hidden. */

import { present } from "../../../foundation/present.js";
import type { Superpixels } from "../../../image/superpixels/connect.js";
import type { Baseline } from "../../../model/input/baseline-names.js";
import type { Layer } from "../../../model/layers/layer.js";
import type { Model } from "../../../model/model.js";
import type { Sessions } from "../../../model/run/sessions.js";
import { float32, floats, sizeOf, type Tensor } from "../../../onnx/tensor.js";
import { startsOf } from "../sampled/baselines.js";
import { startMaker } from "../sampled/starts.js";

/** The input that hidden superpixels of an image are taken from, of the image's own shape. */
export type HiddenFor = (image: Tensor, superpixels: Superpixels) => Promise<Tensor>;

export function hidingMaker(
  model: Model,
  { layout }: Pick<Layer, "layout">,
  sessions: Sessions,
  choice: Baseline,
): HiddenFor {
  if (choice === "mean")
    return async (image, superpixels) =>
      meansOf(image, superpixels, typeof layout === "string" ? layout.indexOf("c") : 1);
  const startFor = startMaker(model, sessions);
  const start = present(startsOf(choice)[0], "baseline");
  return (image) => startFor(image, start);
}

/** Each value becomes the mean of its channel over its superpixel. @param axis that of the channels */
function meansOf(image: Tensor, { labels, count }: Superpixels, axis: number): Tensor {
  const values = floats(image);
  const channels = image.dims[axis] ?? 1;
  const inner = sizeOf(image.dims.slice(axis + 1));
  const sums = new Float64Array(count * channels);
  const members = new Float64Array(count * channels);
  const cell = (i: number) => {
    const place = Math.floor(i / (inner * channels)) * inner + (i % inner);
    return (labels[place] ?? 0) * channels + (Math.floor(i / inner) % channels);
  };
  values.forEach((value, i) => {
    const at = cell(i);
    sums[at] = (sums[at] ?? 0) + value;
    members[at] = (members[at] ?? 0) + 1;
  });
  return float32(
    image.dims,
    values.map((_, i) => (sums[cell(i)] ?? 0) / (members[cell(i)] ?? 1)),
  );
}
