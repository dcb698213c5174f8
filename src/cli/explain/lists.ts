/** @file Lists for those who ask: `--method list`, `--colormap list`. */

import { sameForAllClasses } from "../../explain/method.js";
import { methodsAndVariants } from "../../explain/methods/index.js";
import { colormapNames, colormapNotes } from "../../image/map/colormap.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { table } from "../terminal/table.js";

/** The lines of the list that an option asks for; undefined for none. */
export function listAskedFor({ method, colormap }: Pick<ExplainFlags, "method" | "colormap">): string[] | undefined {
  if (method === "list")
    return rows(
      ["method", "title", "from", ""],
      methodsAndVariants.map(({ name, title, paper, classBlind }) => [
        name,
        title,
        paper,
        classBlind ? sameForAllClasses : "",
      ]),
    );
  if (colormap === "list")
    return rows(
      ["colour map", ""],
      colormapNames.map((name) => [name, colormapNotes[name]]),
    );
  return undefined;
}

function rows(header: readonly string[], cells: readonly (readonly string[])[]): string[] {
  return table(header, cells);
}
