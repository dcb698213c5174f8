/** @file Begins to keep things on the machine once the page has begun; what that needs comes after the first answer. */

import type { Given } from "../../../src/serve/studio/given.js";
import type { Studio } from "../shell/studio.svelte.js";

/**
 * `fovea studio` gives model and pictures each time, and its address is that of many models: nothing is kept of its pages.
 * @param fragment of the address that was opened
 */
export async function keepHere(studio: Studio, given: Given, fragment: string): Promise<void> {
  if (!given.static) return;
  const keeping = await import("./on-machine.svelte.js").catch(() => undefined);
  await keeping?.keepOnMachine(studio, fragment);
}
