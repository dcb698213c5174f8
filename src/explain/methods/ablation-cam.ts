/** @file Ablation-CAM. */

import { float32, int64 } from "../../onnx/tensor.js";
import type { PassMethod } from "../method.js";
import { tiny, weightedChannels } from "./parts/channels.js";

/**
 * A channel that there is not: nothing is set to zero. The whole score is that of such a pass, so that the score of a network
 * that is computed in another order does not give weight to channels that do not matter.
 */
const noChannel = 2 ** 31 - 1;

/**
 * Desai and Ramaswamy, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via Gradient-free Localization", WACV
 * 2020: wₖᶜ = (yᶜ - yₖᶜ) / yᶜ, where yₖᶜ is the score with channel k set to zero; Lᶜ = ReLU(Σₖ wₖᶜ Aₖ). The paper looks at
 * classes with a positive score; the division is by its magnitude, because that of a negative one would turn evidence
 * for the class into evidence against it. Exact: only the part behind the layer is run again.
 */
export const ablationCam: PassMethod = {
  name: "ablation-cam",
  title: "Ablation-CAM",
  paper: "Desai and Ramaswamy, WACV 2020",
  needsGradient: false,
  helpsAgainst: ["saturated", "blocked"],
  masks: "channels",
  measures: "score",
  quick: { topChannels: 32 },
  plan: ({ channels }) => ({ count: channels.length + 1, rows: { channel: int64([...channels, noChannel]) } }),
  mask(op, { activation, planned }) {
    const count = op.Squeeze(op.Shape(activation, { start: 1, end: 2 }));
    const others = op.constant(float32([2], [1, 0]), "others");
    return op.OneHot(planned("channel", "int64", ["b"]), count, others, { axis: 1 });
  },
  combine(op, inputs) {
    const part = (start: number, end: number) =>
      op.Slice(inputs.values, op.ints([start]), op.ints([end]), op.ints([1]));
    const [scores, whole] = [part(0, -1), part(-1, noChannel)];
    return weightedChannels(op, inputs, op.Div(op.Sub(whole, scores), op.Max(op.Abs(whole), op.scalar(tiny))));
  },
};
