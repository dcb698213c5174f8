/** @file Lists for those who ask: `--method list`, `--colormap list`, and the names in the help. */

import { boxMethods } from "../../explain/boxes/box-method.js";
import { type CamMethod, sameForAllClasses } from "../../explain/method.js";
import { byFamily } from "../../explain/methods/families.js";
import { methods } from "../../explain/methods/index.js";
import { colormapNames, colormapNotes } from "../../image/map/colormap-names.js";
import { table } from "../terminal/table.js";

/** The lines of the list that an option asks for. */
export function listFor(option: "method" | "colormap"): string[] {
  if (option === "colormap")
    return table(
      ["colour map", ""],
      colormapNames.map((name) => [name, colormapNotes[name]]),
    );
  return table(
    ["method", "title", "family", "from", ""],
    [
      ...byFamily().flatMap(({ family, methods: ofFamily }) =>
        ofFamily
          .flatMap((method) => [method, ...(method.variants ?? []).map((variant) => variant.method)])
          .map((method) => listed(method, family.title, method.classBlind ? sameForAllClasses : "")),
      ),
      ...boxMethods.map((method) => listed(method, "Boxes", "boxes alone")),
    ],
  );
}

function listed({ name, title, paper }: CamMethod, family: string, remark: string): readonly string[] {
  return [name, title, family, paper, remark];
}

const namesOfBlind = methods.flatMap(({ name, classBlind }) => (classBlind ? [name] : []));

/** The names of methods and colour maps, as the help has them. */
export const namesInHelp = `Methods: ${methods.map(({ name }) => name).join(", ")};
or all, for one sheet of them. GradCAM, grad_cam, ig and the like are understood, too.
Of boxes also ${boxMethods.map(({ name }) => name).join(", ")}.
Blind for the class, with the ${sameForAllClasses}: ${namesOfBlind.join(", ")}.
Colour maps: ${colormapNames.join(", ")}.
--method list and --colormap list describe them.`;
