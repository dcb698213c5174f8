/** @file The orders of axes that inputs and layers have. */

import type { Dim } from "../../onnx/graph.js";

/**
 * What each axis holds: n images, c channels, and places: l of a signal; h and w, rows and columns, of a picture; with d, slices or
 * frames, of a volume or a clip.
 */
export type AxisOrder = "ncl" | "nlc" | "nchw" | "nhwc" | "ncdhw" | "ndhwc" | "ndchw";

/** The size of the channels among sizes in an order. */
export function channelsIn<Size extends Dim>(order: AxisOrder, dims: readonly Size[]): Size | "" {
  return dims[order.indexOf("c")] ?? "";
}

/** Those of the places among things of each axis, the outermost axis first. */
export function placesIn<Thing>(order: AxisOrder, axes: readonly Thing[]): Thing[] {
  return axes.filter((_, i) => i > 0 && order[i] !== "c");
}

/** Whether the axis behind the batch is that of channels. */
export function isChannelsFirst(order: AxisOrder): boolean {
  return order[1] === "c";
}
