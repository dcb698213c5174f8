/** @file Numbered boxes on a picture of a figure. */

import { at } from "../../foundation/present.js";
import type { Box } from "../picture/resize.js";
import { decimals, type TextRenderer } from "./text.js";

/** A box to draw. */
export interface BoxMark {
  /** In the picture's pixels. */
  readonly box: Box;
  /** Its number, from 1; it has the colour of its number everywhere. */
  readonly number: number;
  /** Drawn faintly, behind the others. Default false. */
  readonly faint?: boolean;
}

/** Colours that people with any colour vision can tell apart (Okabe and Ito), without yellow and black. */
const colours = ["#e69f00", "#56b4e9", "#009e73", "#d55e00", "#cc79a7", "#0072b2"] as const;

/** The colour of a numbered box. */
export function colourOfBox(number: number): string {
  return at(colours, (number - 1) % colours.length);
}

const style = { size: 10, weight: "semibold", fill: "#ffffff" } as const;

/**
 * SVG elements of the boxes, each with its number in a corner.
 * @param place of the picture on the page
 * @param size of the picture in its own pixels
 */
export function boxMarks(
  marks: readonly BoxMark[],
  place: Box,
  size: { readonly width: number; readonly height: number },
  text: TextRenderer,
): string[] {
  const scale = place.width / size.width;
  // The first ones are the surest: they are drawn last, faint ones before all others.
  const order = ({ faint = false, number }: BoxMark) => (faint ? 0 : 1e6) - number;
  return marks
    .toSorted((a, b) => order(a) - order(b))
    .flatMap((mark) => {
      const { box, number, faint = false } = mark;
      const [x, y] = [place.x + box.x * scale, place.y + box.y * scale];
      const sides = `x="${decimals(x)}" y="${decimals(y)}" width="${decimals(box.width * scale)}" height="${decimals(box.height * scale)}" fill="none"`;
      if (faint) return [`<rect ${sides} stroke="#ffffff" stroke-opacity="0.45" stroke-width="1"/>`];
      const label = String(number);
      const width = text.measure(label, style) + 6;
      const [left, top] = [Math.max(place.x, x - 1), Math.max(place.y, y - 1)];
      return [
        `<rect ${sides} stroke="#ffffff" stroke-opacity="0.85" stroke-width="2.5"/>`,
        `<rect ${sides} stroke="${colourOfBox(number)}" stroke-width="1.5"/>`,
        `<rect x="${decimals(left)}" y="${decimals(top)}" width="${decimals(width)}" height="13" fill="${colourOfBox(number)}"/>`,
        text.draw(label, left + 3, top + 10, style),
      ];
    });
}
