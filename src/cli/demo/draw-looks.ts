/** @file Draws where networks look on the same few images: the images, and below them each network's maps. */

import type { Dataset } from "../../data/dataset.js";
import { take } from "../../data/subsets.js";
import { faithfulMethod } from "../../explain/faithful/faithful-method.js";
import { mapOf } from "../../explain/maps.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { at } from "../../foundation/present.js";
import { list, percent } from "../../foundation/words.js";
import type { SheetCell } from "../../image/figure/sheet.js";
import { contactSheetSvg, svgToPng } from "../../image/node.js";
import { pictureOf } from "../../report/collect/report-images.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";

/** One image of each class of the first ones. */
const columns = 8;

/** Maps of the class that each network predicts, by the method that follows what places do. @returns the path */
export async function drawLooks(
  models: readonly NamedModel[],
  { test, classes }: Dataset,
  path: string,
): Promise<string> {
  const indices = classes.slice(0, columns).map((_, label) => test.labels.indexOf(label));
  const shown = take(test, indices);
  const pictures = indices.map((_, i) => pictureOf(shown, i));
  const cells: SheetCell[] = pictures.map((picture, i) => ({ picture, caption: `a ${classes[at(shown.labels, i)]}` }));
  for (const { name, model } of models) {
    const explainer = await model.explainer({ method: faithfulMethod(model, "auto") });
    try {
      const explanation = await explainer.explain(await prepareImages(explainer, shown, 0, shown.count));
      pictures.forEach((picture, i) => {
        const { label, probability } = explanation.at(i).predicted;
        const answer = { caption: `says ${label ?? ""}`, detail: `${name}, ${percent(probability, 0)}` };
        cells.push({ picture, map: mapOf(explanation, i), ...answer });
      });
    } finally {
      await explainer.close();
    }
  }
  const title = `Where ${list(models.map(({ name }) => `${name}.onnx`))} look${models.length === 1 ? "s" : ""}`;
  const sheet = await contactSheetSvg({ cells, title, subtitle: "maps of the class that it predicts" }, { columns });
  await writeFileAtomically(path, await svgToPng(sheet));
  return path;
}
