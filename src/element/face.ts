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
  const end = relative ? "peak" : formatNumber(peak);
  paintRamp(parts.ramp, look.colours, signed);
  parts.name.textContent = label ?? "Evidence";
  parts.least.textContent = signed ? `against ${formatNumber(-peak)}` : "0";
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

/** Shows the reading of a place, and marks it on the scale; without a place, how to read one. */
export function showReading(
  { cursor, image, mark, reading: line, spoken }: Shadow,
  heat: ShownMap,
  reading: Reading | undefined,
  by: "pointer" | "keys",
): void {
  cursor.hidden = mark.hidden = reading === undefined;
  line.hidden = false;
  const blank = heat.peak === 0 && "The map is zero everywhere: nothing spoke for this.";
  if (reading === undefined) {
    const lines = blank ? [blank] : ["Point at the image to read values.", "Arrow keys do, too; Space hides the map."];
    line.replaceChildren(...lines.map((text) => make("span", {}, {}, [text])));
    spoken.textContent = "";
    return;
  }
  const [strength, place] = wordsOf(reading, heat.relative === true);
  const pixel = reading.pixel?.join(" ");
  cursor.style.left = `${(100 * (reading.x + 0.5)) / image.naturalWidth}%`;
  cursor.style.top = `${(100 * (reading.y + 0.5)) / image.naturalHeight}%`;
  mark.style.left = `${100 * Math.min(1, Math.max(0, heat.signed ? (reading.share + 1) / 2 : reading.share))}%`;
  const swatch = make("span", { className: "swatch" });
  swatch.style.background = `rgb(${pixel})`;
  line.replaceChildren(
    make("span", {}, {}, [strength]),
    make("span", {}, {}, [place, ...(pixel === undefined ? [] : [", pixel ", swatch, pixel])]),
  );
  // The mouse moves too fast to be spoken of.
  if (by === "keys") spoken.textContent = `${strength}, ${place}${pixel === undefined ? "" : `, pixel ${pixel}`}`;
}

/** A sentence while there is no map yet. */
export function showMessage({ reading }: Shadow, message: string): void {
  reading.hidden = false;
  reading.textContent = message;
}

/** A sentence instead of the map; the image stays. */
export function showError(parts: Shadow, message: string): void {
  showNothing(parts);
  parts.error.textContent = message;
  parts.error.hidden = false;
}

/** The image alone. */
export function showNothing({ map, caption, reading, controls, cursor, spoken, error }: Shadow): void {
  for (const part of [map, caption, reading, controls, cursor, error]) part.hidden = true;
  spoken.textContent = "";
}
