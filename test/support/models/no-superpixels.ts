/** @file For plans of methods that mask no superpixels. */

import type { Superpixels } from "../../../src/image/superpixels/connect.js";

export function noSuperpixels(): Superpixels {
  return { labels: new Int32Array(), count: 0 };
}
