/** @file What keys do in See. */

import { rankIndices } from "../shared/rank.js";
import type { Studio } from "../shell/studio.svelte.js";
import { modes } from "../shell/view.js";
import type { Brush } from "./brush.svelte.js";

/** The part of the stage that keys reach. */
export interface Zoomed {
  zoomBy(factor: number): void;
  zoomOut(): void;
}

/** To the class so many ranks further down. */
function stepClass(studio: Studio, by: number): void {
  const { probabilities, maps } = studio.explanation ?? {};
  if (probabilities === undefined) return;
  const order = rankIndices(probabilities);
  const target = order[order.indexOf(maps?.[0]?.class ?? 0) + by];
  if (target !== undefined) studio.look({ target });
}

function stepLayer(studio: Studio, by: number): void {
  const { model, explanation } = studio;
  const layers = model?.layers ?? [];
  const to = layers[layers.findIndex(({ name }) => name === explanation?.layer.name) + by];
  if (to) studio.look({ layer: to.name === model?.automatic.name ? "auto" : to.name });
}

function stepMethod(studio: Studio, by: number): void {
  const methods = studio.model?.methods ?? [];
  const at = methods.findIndex(({ name }) => name === studio.view.method);
  const to = methods[(at + by + methods.length) % methods.length];
  if (to) studio.look({ method: to.name });
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
    ArrowUp: () => stepClass(studio, -1),
    ArrowDown: () => stepClass(studio, 1),
    "[": () => stepLayer(studio, -1),
    "]": () => stepLayer(studio, 1),
    m: () => stepMethod(studio, 1),
    v: () => studio.look({ mode: modes[(modes.indexOf(view.mode) + 1) % modes.length] ?? "overlay" }),
    s: () => studio.look({ signed: !view.signed }),
    c: () => studio.look({ contours: !view.contours }),
    e: () => (brush.erasing = !brush.erasing),
    "+": () => stage?.zoomBy(1.5),
    "-": () => stage?.zoomBy(1 / 1.5),
    0: () => stage?.zoomOut(),
  };
}
