/** @file The words in a corner of a frame. */

import { decimals } from "../../../image/figure/text.js";
import { nodePlatform, svgToRgba } from "../../../image/node.js";
import type { Picture } from "../../../image/picture/picture.js";

/** A drawing with opacity. */
interface Label {
  readonly width: number;
  readonly height: number;
  /** RGBA, not premultiplied. */
  readonly pixels: Uint8Array;
}

/** Labels that are kept: the same few words stand on most frames. */
const mostKept = 200;

/** Writes captions into frames. */
export class Captions {
  readonly #kept = new Map<string, Promise<Label>>();

  /** The frame with the words in its lower left corner, its own samples changed. */
  async write(frame: Picture, words: string): Promise<void> {
    if (words === "" || frame.channels !== 3) return;
    const size = Math.max(12, Math.round(frame.height / 22));
    const label = await this.#label(words, size);
    const margin = Math.round(size * 0.6);
    const [left, top] = [margin, frame.height - margin - label.height];
    for (let y = Math.max(0, -top); y < label.height; y++) {
      for (let x = 0; x < label.width && left + x < frame.width; x++) {
        const from = 4 * (y * label.width + x);
        const alpha = (label.pixels[from + 3] ?? 0) / 255;
        const to = 3 * ((top + y) * frame.width + left + x);
        for (let c = 0; c < 3; c++) {
          const [under, over] = [frame.pixels[to + c] ?? 0, label.pixels[from + c] ?? 0];
          frame.pixels[to + c] = Math.round(under + alpha * (over - under));
        }
      }
    }
  }

  #label(words: string, size: number): Promise<Label> {
    const key = `${size} ${words}`;
    const label = this.#kept.get(key) ?? drawLabel(words, size);
    this.#kept.set(key, label);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return label;
  }
}

async function drawLabel(words: string, size: number): Promise<Label> {
  const { text } = await nodePlatform();
  const style = { size, weight: "semibold", fill: "#ffffff" } as const;
  const padding = size * 0.55;
  const [width, height] = [Math.ceil(text.measure(words, style) + 2 * padding), Math.ceil(size * 1.9)];
  const ground = `<rect width="${width}" height="${height}" rx="${decimals(size * 0.4)}" fill="#000000" fill-opacity="0.62"/>`;
  const line = text.draw(words, padding, height / 2 + size * 0.36, style);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${ground}${line}</svg>`;
  return svgToRgba(svg);
}
