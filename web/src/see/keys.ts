/** @file What keys do in See. */

import type { Studio } from "../shell/studio.svelte.js";
import { modes } from "../shell/view.js";
import type { Brush } from "./brush.svelte.js";

/** The part of the stage that keys reach. */
export interface Zoomed {
  zoomBy(factor: number): void;
  zoomOut(): void;
}

export function keyActions(
  studio: Studio,
  brush: Brush,
  stage: Zoomed | undefined,
): Readonly<Record<string, () => void>> {
  const { view } = studio;
  return {
    ArrowLeft: () => studio.step(-1),
    ArrowRight: () => studio.step(1),
    ArrowUp: () => studio.stepClass(-1),
    ArrowDown: () => studio.stepClass(1),
    "[": () => studio.stepLayer(-1),
    "]": () => studio.stepLayer(1),
    m: () => studio.stepMethod(1),
    v: () => studio.look({ mode: modes[(modes.indexOf(view.mode) + 1) % modes.length] ?? "overlay" }),
    s: () => studio.look({ signed: !view.signed }),
    c: () => studio.look({ contours: !view.contours }),
    e: () => (brush.erasing = !brush.erasing),
    "+": () => stage?.zoomBy(1.5),
    "-": () => stage?.zoomBy(1 / 1.5),
    0: () => stage?.zoomOut(),
  };
}
