/** @file Compares pictures with other texts: the same model is opened again, since texts are part of its graph. */

import type { Studio } from "./studio.svelte.js";
import { textsOfView } from "./view.js";

/** @returns whether the model reads them */
export function compareWith(studio: Studio, texts: readonly string[]): Promise<boolean> {
  return studio.turns.run(() => openWith(studio, texts));
}

async function openWith(studio: Studio, texts: readonly string[]): Promise<boolean> {
  const { engine, files, view } = studio;
  const open = () =>
    files
      ? engine.openModel({ ...files, texts }, studio.telling())
      : engine.openSample(view.sample, texts, studio.telling());
  const isOpen = await studio.open(open, files);
  if (!isOpen) return false;
  studio.look({ texts: texts.join("\n") });
  // Classes of other texts are not those of these.
  studio.history.forget();
  return true;
}

/** Compares with the texts of the view, where a link has changed them. */
export async function compareAsLinked(studio: Studio): Promise<void> {
  const [texts, open] = [textsOfView(studio.view), studio.model?.texts];
  if (open && texts && texts.join() !== open.join()) await compareWith(studio, texts);
}
