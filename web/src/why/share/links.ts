/** @file Links to "How it works" as a page of its own, and the snippet that shows it in another page. */

import type { Stroke } from "../../shared/strokes.js";
import { linkTo, readView, type View } from "../../shell/view.js";
import { longest, readStrokes, writeStrokes } from "./stroke-link.js";

/** What a link carries. */
export interface Shared {
  readonly view: View;
  /** On the picture, or the drawing itself. */
  readonly strokes: readonly Stroke[];
}

/** The view of a fragment, in the tab of this page; what else it carries stays. */
export function asLesson(fragment: string): string {
  const view: View = { ...readView(fragment), tab: "why", why: "how" };
  return withStrokes(linkTo(view), strokesIn(fragment));
}

export function strokesIn(fragment: string): string {
  return new URLSearchParams(fragment.replace(/^#/, "")).get("strokes") ?? "";
}

/** The strokes that a fragment carries. */
export function readSharedStrokes(fragment: string): readonly Stroke[] {
  return readStrokes(strokesIn(fragment));
}

function withStrokes(link: string, strokes: string): string {
  return strokes === "" ? link : `${link}&strokes=${strokes}`;
}

function fragmentOf({ view, strokes }: Shared): string {
  return withStrokes(linkTo({ ...view, tab: "why", why: "how" }), writeStrokes(strokes));
}

/** Beside the page at `address`. */
export function lessonLink(address: string, shared: Shared): string {
  return new URL(`how.html#${fragmentOf(shared)}`, address).href;
}

/** To the studio, where the view is in whichever tab it says. */
export function studioLink(address: string, { view, strokes }: Shared): string {
  return new URL(`./#${withStrokes(linkTo(view), writeStrokes(strokes))}`, address).href;
}

/** For the source of another page. */
export function embedSnippet(link: string, title: string): string {
  const [src, name] = [link, title].map((text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;"));
  return `<iframe src="${src}" title="${name}" width="100%" height="900" style="border: 0" loading="lazy" allow="clipboard-write"></iframe>`;
}

/** Why there is no link; undefined where there is one. */
export function whyNoLink({ strokes }: Pick<Shared, "strokes">, isOwn: boolean): string | undefined {
  if (isOwn)
    return "Your model and pictures stay on this machine, and no link can carry them. Lessons show the page’s own models and pictures, and drawings.";
  const { length } = writeStrokes(strokes);
  if (length <= longest) return undefined;
  return `The strokes take ${length} characters, more than the ${longest} that a link should have. Draw with fewer or shorter ones.`;
}

/** Whether an address works on this machine alone. */
export function isLocal(address: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
}
