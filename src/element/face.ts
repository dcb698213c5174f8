/** @file Shows each state of the element: a map and its scale, the reading of a place, a message, an error. */

import { formatNumber } from "../image/figure/format-number.js";
import type { FloatMap } from "../image/map/heatmap.js";
import type { Box } from "../image/picture/resize.js";
import type { ShownMap } from "./map-data.js";
import { canvasSize, paintMap, paintRamp } from "./paint.js";
import { type Reading, wordsOf } from "./reading.js";
import { make, offerColours, type Shadow } from "./shadow.js";

export interface Look {
  readonly colours: string;
  /** 0 to 1. */
  readonly opacity: number;
  readonly hidden: boolean;
  readonly controls: boolean;
}

/** Scale and controls around a map that is painted. */
export function showMap(parts: Shadow, heat: ShownMap, look: Look): void {
  const { peak, signed, relative = false, label } = heat;
  const end = relative ? "peak" : `peak ${formatNumber(peak)}`;
  paintRamp(parts.ramp, look.colours, signed);
  parts.name.textContent = label ?? "Evidence";
  parts.least.textContent = signed ? `against ${relative ? "\u2212peak" : formatNumber(-peak)}` : "0";
  parts.most.textContent = signed ? `${end} for` : end;
  parts.scale.hidden = peak === 0;
  parts.caption.hidden = false;
  parts.error.hidden = true;
  parts.map.hidden = look.hidden;
  parts.map.style.opacity = String(look.opacity);
  parts.controls.hidden = !look.controls;
  parts.toggle.setAttribute("aria-pressed", String(!look.hidden));
  parts.opacity.value = String(look.opacity);
  offerColours(parts.colours, signed ? "diverging" : "sequential", look.colours);
}

/** The display map at the size at which the image is shown now. */
export function paintOver({ image, map }: Shadow, display: FloatMap, area: Box | undefined, colours: string): void {
  const { naturalWidth, naturalHeight, clientWidth, clientHeight } = image;
  // Not laid out: it is painted when it gets a size.
  if (clientWidth === 0 || clientHeight === 0) return;
  const size = canvasSize({ width: clientWidth, height: clientHeight });
  const box = area && { ...area, of: { width: naturalWidth, height: naturalHeight } };
  paintMap(map, display, colours, size, box);
}

/** Shows the reading of a place in a bubble beside it, and marks it on the scale; without a place, how to read one. */
export function showReading(
  { cursor, image, mark, bubble, hint, spoken }: Shadow,
  heat: ShownMap,
  reading: Reading | undefined,
  by: "pointer" | "keys",
): void {
  cursor.hidden = mark.hidden = bubble.hidden = reading === undefined;
  hint.hidden = false;
  const blank = heat.peak === 0 && "The map is zero everywhere: nothing spoke for this.";
  const lines = blank ? [blank] : ["Point at the image to read values.", "Arrow keys do, too; Space hides the map."];
  hint.replaceChildren(...lines.map((text) => make("span", {}, {}, [text])));
  if (reading === undefined) {
    spoken.textContent = "";
    return;
  }
  const [strength, place] = wordsOf(reading, heat.relative === true);
  const pixel = reading.pixel?.join(" ");
  const [across, down] = [(reading.x + 0.5) / image.naturalWidth, (reading.y + 0.5) / image.naturalHeight];
  cursor.style.left = `${100 * across}%`;
  cursor.style.top = `${100 * down}%`;
  mark.style.left = `${100 * Math.min(1, Math.max(0, heat.signed ? (reading.share + 1) / 2 : reading.share))}%`;
  placeBubble(bubble, across, down);
  const swatch = make("span", { className: "swatch" });
  swatch.style.background = `rgb(${pixel})`;
  bubble.replaceChildren(
    make("span", {}, {}, [strength]),
    make("span", {}, {}, [place, ...(pixel === undefined ? [] : [", pixel ", swatch, pixel])]),
  );
  // The mouse moves too fast to be spoken of.
  if (by === "keys") spoken.textContent = `${strength}, ${place}${pixel === undefined ? "" : `, pixel ${pixel}`}`;
}

/** Above a place in the lower half, below one in the upper; it slides along so that it never leaves the element. */
function placeBubble({ style }: HTMLElement, across: number, down: number): void {
  style.left = `${100 * across}%`;
  style.translate = `${-100 * across}%`;
  const isLow = down > 0.5;
  style.bottom = isLow ? `calc(${100 * (1 - down)}% + 0.875rem)` : "auto";
  style.top = isLow ? "auto" : `calc(${100 * down}% + 0.875rem)`;
}

/** A sentence while there is no map yet. */
export function showMessage({ hint }: Shadow, message: string): void {
  hint.hidden = false;
  hint.textContent = message;
}

/** A sentence instead of the map; the image stays. */
export function showError(parts: Shadow, message: string): void {
  showNothing(parts);
  parts.error.textContent = message;
  parts.error.hidden = false;
}

/** Lets the image grow to twice its own size, and small ones to what one can see. */
export function limitWidth({ figure, image }: Shadow): void {
  figure.style.maxInlineSize = `min(100%, max(${2 * image.naturalWidth}px, 18rem))`;
}

/** The image alone. */
export function showNothing({ map, caption, bubble, hint, controls, cursor, spoken, error }: Shadow): void {
  for (const part of [map, caption, bubble, hint, controls, cursor, error]) part.hidden = true;
  spoken.textContent = "";
}
