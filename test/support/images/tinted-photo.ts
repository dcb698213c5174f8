/** @file Small photos of one tint, which a network learns to tell within seconds. */

import { random } from "../../../src/foundation/random.js";
import { encodePng } from "../../../src/image/node.js";

/** A PNG of 40x36 pixels: red (0) or green (1), more or less, with noise. */
export function tintedPhoto(channel: 0 | 1, seed: string): Promise<Uint8Array> {
  const source = random(seed);
  const pixels = Uint8Array.from({ length: 40 * 36 * 3 }, (_, i) => (i % 3 === channel ? 120 : 60) + source.below(90));
  return encodePng({ width: 40, height: 36, channels: 3, pixels });
}
