/** @file Lists for those who ask: `--method list`, `--colormap list`. */

import { boxMethods } from "../../explain/boxes/box-method.js";
import { type CamMethod, sameForAllClasses } from "../../explain/method.js";
import { methodsAndVariants } from "../../explain/methods/index.js";
import { colormapNames, colormapNotes } from "../../image/map/colormap.js";
import type { ExplainFlags } from "../options/explain-options.js";
import { table } from "../terminal/table.js";

/** The lines of the list that an option asks for; undefined for none. */
export function listAskedFor({ method, colormap }: Pick<ExplainFlags, "method" | "colormap">): string[] | undefined {
  if (method === "list")
    return rows(
      ["method", "title", "from", ""],
      [
        ...methodsAndVariants.map((method) => listed(method, method.classBlind ? sameForAllClasses : "")),
        ...boxMethods.map((method) => listed(method, "boxes alone")),
      ],
    );
  if (colormap === "list")
    return rows(
      ["colour map", ""],
      colormapNames.map((name) => [name, colormapNotes[name]]),
    );
  return undefined;
}

function listed({ name, title, paper }: CamMethod, remark: string): readonly string[] {
  return [name, title, paper, remark];
}

function rows(header: readonly string[], cells: readonly (readonly string[])[]): string[] {
  return table(header, cells);
}
