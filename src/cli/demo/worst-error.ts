/** @file Draws where a network looks on the error that it is most sure of. */

import { join } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import { diagnoseFully } from "../../explain/diagnose/diagnose-fully.js";
import { mapOf } from "../../explain/maps.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { percent } from "../../foundation/words.js";
import { explanationSvg, svgToPng } from "../../image/node.js";
import { className } from "../../model/class-names.js";
import { pictureOf } from "../../report/collect/report-images.js";
import { evaluateImages } from "../evaluate/evaluate-images.js";
import { type NamedModel, prepareImages } from "../inputs/models.js";
import { print } from "../terminal/print.js";

/** Explains both its answer and the truth, and prints where the picture is. */
export async function explainWorstError(named: NamedModel, dataset: Dataset, out: string): Promise<void> {
  const { test, classes } = dataset;
  const [worst] = (await evaluateImages(named, dataset)).errors;
  if (worst === undefined) {
    print("   it makes no error on these images");
    return;
  }
  const { index, label: truth, predicted, confidence } = worst;
  const path = join(out, "worst-error.png");
  const rows = await rowsFor(named, dataset, index, [predicted, truth]);
  await writeFileAtomically(path, await svgToPng(await explanationSvg({ picture: pictureOf(test, index), rows })));
  const error = `image ${index}, a ${classes[truth]} taken for a ${classes[predicted]} with ${percent(confidence, 1)}`;
  print(`   most confident error: ${error} -> ${path}`);
}

/** A row for the predicted and one for the true class. */
async function rowsFor(named: NamedModel, { test }: Dataset, index: number, shown: readonly [number, number]) {
  const explainer = await named.model.explainer();
  const input = await prepareImages(explainer, test, index, 1);
  const explanation = await explainer.explain(input, { classes: shown });
  const rows = await Promise.all(
    shown.map(async (each, k) => ({
      title: `${className(named.model, each)} (${k === 0 ? "predicted" : "true"})`,
      score: percent(Number(explanation.probabilities.data[each]), 1),
      detail: `${explainer.method.title} at ${explainer.layer.name}`,
      map: mapOf(explanation, 0, k),
      note: (await diagnoseFully(explainer, input, explanation, { k })).text,
    })),
  );
  await explainer.close();
  return rows;
}
