/** @file What a page on a static host keeps on the machine: itself and the session. It can be installed then. */

import type { Stroke } from "../shared/strokes.js";
import type { Studio } from "../shell/studio.svelte.js";
import { Keeper } from "./keeper.svelte.js";
import { takeLaunched } from "./launched.js";
import { keepPage } from "./offline.js";
import { keptParts } from "./parts.js";

/** Milliseconds without anything to do after which the page itself is kept: all of it is fetched for that. */
const quiet = 1000;

/** @param fragment of the address that was opened */
export async function keepOnMachine(studio: Studio, fragment: string): Promise<void> {
  offerInstalling();
  keepStrokes(studio);
  const keeper = new Keeper(studio);
  await keeper.begin(fragment);
  studio.kept = keeper;
  takeLaunched(studio);
  whenQuiet(studio, () => keepPage(studio));
}

/** Not in the page's own text: `fovea studio` serves that as well, from an address that is gone with it. */
function offerInstalling(): void {
  const link = document.createElement("link");
  link.rel = "manifest";
  link.href = "manifest.webmanifest";
  document.head.append(link);
}

/** Strokes on pictures are kept with them; those on the empty sheet are no picture's. */
function keepStrokes(studio: Studio): void {
  keptParts.add<readonly Stroke[]>("strokes", {
    read: () =>
      new Map(
        Object.entries(studio.edits).flatMap(([key, strokes]) => (Number(key) > 0 ? [[Number(key), strokes]] : [])),
      ),
    write: (values) => {
      studio.edits = { ...studio.edits, ...Object.fromEntries(values) };
    },
  });
}

function whenQuiet(studio: Studio, act: () => void): void {
  const end = $effect.root(() => {
    $effect(() => {
      if (studio.busy || studio.busyExplaining || studio.taking || studio.progress) return;
      const timer = setTimeout(() => {
        end();
        act();
      }, quiet);
      return () => clearTimeout(timer);
    });
  });
}
