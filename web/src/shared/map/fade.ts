/** @file Fades from one heat map to another, so that the change is seen. */

import { between, type Heat } from "./heat.js";

/** Milliseconds. */
const duration = 160;

/** @returns ends it where it is */
export function fade(before: Heat, next: Heat, show: (heat: Heat) => void): () => void {
  const fits = before.map.width === next.map.width && before.map.height === next.map.height;
  if (!fits || before.signed !== next.signed || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(next);
    return () => undefined;
  }
  const began = performance.now();
  let frame = 0;
  const draw = (now: number) => {
    const share = (now - began) / duration;
    show(share < 1 ? between(before, next, Math.max(0, share)) : next);
    if (share < 1) frame = requestAnimationFrame(draw);
  };
  draw(began);
  return () => cancelAnimationFrame(frame);
}
