/** @file What the experiment shows: a report of both networks, and a picture of their maps for the same images. */

import type { Dataset } from "../../src/data/dataset.js";
import { take } from "../../src/data/subsets.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import { mapOf } from "../../src/explain/maps.js";
import type { SheetCell } from "../../src/image/figure/sheet.js";
import { contactSheetSvg, encodePngDataUrl, svgToPng } from "../../src/image/node.js";
import { className } from "../../src/model/class-names.js";
import { floats } from "../../src/onnx/tensor.js";
import { collectReport } from "../../src/report/collect/collect-report.js";
import { pictureOf, reportedDataset } from "../../src/report/collect/report-images.js";
import { renderReport } from "../../src/report/page/render-report.js";
import { scaleImages } from "../../src/train/validate.js";
import type { StampedDigits } from "./stamped-digits.js";

export interface ShownModel {
  readonly name: string;
  readonly description: string;
  readonly model: LoadedModel;
}

/** One HTML file: both networks side by side, their errors, and the mean map of each class. */
export async function drawReport(
  models: readonly ShownModel[],
  dataset: Dataset,
  about: { readonly findings: readonly string[]; readonly command: string; readonly seed: number },
): Promise<string> {
  const reported = [];
  for (const { model, ...names } of models) reported.push({ ...names, explainer: await model.explainer() });
  const data = reportedDataset(dataset, async (_, images, first, count) => scaleImages(images, first, count));
  const { report } = await collectReport(reported, data, { encode: encodePngDataUrl, errors: 24 });
  for (const { explainer } of reported) await explainer.close();
  return renderReport({
    ...report,
    title: "A network that looks at the stamp",
    date: new Date().toISOString().slice(0, 10),
    findings: about.findings,
    reproduce: {
      commands: [about.command],
      seed: about.seed,
      versions: [{ name: "node", version: process.versions.node }],
    },
  });
}

/** Images in the first row, and under each what either network predicts and its map of that class. As PNG. */
export async function drawMaps(models: readonly ShownModel[], { images, stamps }: StampedDigits): Promise<Uint8Array> {
  const all = [...stamps.keys()];
  const some = (label: number, own: boolean, count: number) =>
    all.filter((i) => images.labels[i] === label && (stamps[i] === label) === own).slice(0, count);
  const chosen = [...some(0, true, 1), ...some(1, true, 1), ...some(0, false, 2), ...some(1, false, 2)];
  const shown = take(images, chosen);
  const pictures = chosen.map((_, i) => pictureOf(shown, i));
  const name = (label: number | undefined) => className((models[0] as ShownModel).model, label as number);
  const cells: SheetCell[] = chosen.map((index, i) => ({
    picture: pictures[i] as SheetCell["picture"],
    caption: `a ${name(images.labels[index])}`,
    detail: `stamped as ${name(stamps[index])}`,
  }));
  for (const { name: trained, model } of models) {
    const explainer = await model.explainer();
    const explanation = await explainer.explain(scaleImages(shown, 0, shown.count));
    await explainer.close();
    for (const [i, said] of explanation.predicted.entries()) {
      const probability = floats(explanation.probabilities)[2 * i + said] as number;
      cells.push({
        picture: pictures[i] as SheetCell["picture"],
        map: mapOf(explanation, i),
        caption: `says ${name(said)}`,
        detail: `${trained}, ${(100 * probability).toFixed(0)} %`,
      });
    }
  }
  const sheet = {
    cells,
    title: "Where a biased and a rebalanced network look",
    subtitle: "Grad-CAM of the class that it predicts; the stamp is the square in the corner",
  };
  return svgToPng(await contactSheetSvg(sheet, { columns: chosen.length, panelSize: 150 }), { scale: 1 });
}
