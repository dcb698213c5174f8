/** @file `fovea demo`: the whole story offline: train, measure, explain, improve, report. */

import { join, resolve } from "node:path";
import { Command } from "commander";
import type { Dataset } from "../../data/dataset.js";
import { loadDataset } from "../../data/sets.js";
import { diagnoseFully } from "../../explain/diagnose/diagnose-fully.js";
import { mapOf } from "../../explain/maps.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { count, duration, percent } from "../../foundation/words.js";
import { explanationSvg, svgToPng } from "../../image/node.js";
import { className } from "../../model/class-names.js";
import { pictureOf, reportedDataset } from "../../report/collect/report-images.js";
import { makeReport } from "../../report/make-report.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { modelAt, type NamedModel, prepareImages } from "../inputs/models.js";
import { platform } from "../platform.js";
import { exitCodes, print, progressBar, runCommand } from "../terminal/console.js";

import { trainModel } from "../train/train-model.js";
import { evaluateOn } from "./evaluate.js";

/** The network of the assignment first, then the one that improves on it. */
const steps = [
  { net: "classic", epochs: 5, say: "1. Train the classic network and measure it" },
  {
    net: "compact",
    epochs: 12,
    say: "3. Improve: no large linear layer, batch normalisation, distorted training images",
  },
] as const;

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Train, measure, explain, improve and report on embedded, drawn digits: no network, no files needed, about two minutes.",
    )
    .option("--out <folder>", "where models, pictures and report go", "fovea-demo")
    .option("--seed <n>", "decides digits, weights, order and distortions", Number, 1)
    .addHelpText("after", "\nExamples:\n  fovea demo\n  fovea demo --out /tmp/story --seed 7")
    .action((options: { out: string; seed: number }) => runCommand(() => demo(options.out, options.seed)));
}

async function demo(out: string, seed: number): Promise<number> {
  const began = performance.now();
  print("Fovea shows where a vision model looks. This is the whole story on one set of digits.");
  const dataset = await loadDataset("digits", { seed });
  print(`Data: ${dataset.source}`);
  const models: NamedModel[] = [];
  for (const { net, epochs, say } of steps) {
    print(`\n${say}`);
    const file = join(out, `${net}.onnx`);
    const settings = trainingSettings(net, { epochs, seed });
    const command = `fovea demo --seed ${seed}`;
    const { result, testAccuracy } = await trainModel(dataset, {
      settings,
      validation: 0.05,
      out: file,
      resume: false,
      restart: true,
      command,
    });
    if (!result.finished) return exitCodes.interrupted;
    print(`   ${percent(testAccuracy as number)} of ${count(dataset.test.count)} test images right -> ${file}`);
    models.push(await modelAt(file));
    if (net === "classic") await explainWorstError(models[0] as NamedModel, dataset, out);
  }
  print("\n4. Compare and report");
  const bar = progressBar("   explaining [{bar}] {value}/{total} images", models.length * dataset.test.count);
  const report = await makeReport(models, reportedDataset(dataset, prepareImages), {
    platform,
    date: new Date().toISOString().slice(0, 10),
    title: "From a classic network to a better one",
    commands: [`fovea demo --seed ${seed}`],
    onProgress: (done) => bar.update(done),
  });
  bar.stop();
  const path = join(out, "report.html");
  await writeFileAtomically(path, new TextEncoder().encode(report.html));
  const { fixed, broken } = report.data.comparisons?.[0]?.result ?? { fixed: [], broken: [] };
  print(`   the improved network fixes ${fixed.length} errors and makes ${broken.length} new ones`);
  print(`\nDone in ${duration(performance.now() - began)}. Open the report in a browser:\n${resolve(path)}`);
  return exitCodes.done;
}

/** Draws where the network looks on the error that it is most sure of: for its answer and for the truth. */
async function explainWorstError(named: NamedModel, dataset: Dataset, out: string): Promise<void> {
  print("\n2. Explain where it goes wrong");
  const { test } = dataset;
  const [worst] = (await evaluateOn(named, dataset)).errors;
  if (worst === undefined) {
    print("   it makes no error on these images");
    return;
  }
  const truth = worst.label;
  const explainer = await named.model.explainer();
  const input = await prepareImages(explainer, test, worst.index, 1);
  const explanation = await explainer.explain(input, { classes: [worst.predicted, truth] });
  const diagnoses = await Promise.all([0, 1].map((k) => diagnoseFully(explainer, input, explanation, { k })));
  const rows = [worst.predicted, truth].map((index, k) => ({
    title: `${className(named.model, index)} (${k === 0 ? "predicted" : "true"})`,
    score: percent(Number(explanation.probabilities.data[index]), 1),
    detail: `${explainer.method.title} at ${explainer.layer.name}`,
    map: mapOf(explanation, 0, k),
    note: diagnoses[k]?.text ?? "",
  }));
  const path = join(out, "worst-error.png");
  await writeFileAtomically(
    path,
    await svgToPng(await explanationSvg({ picture: pictureOf(test, worst.index), rows })),
  );
  print(
    `   most confident error: image ${worst.index}, a ${dataset.classes[truth]} taken for a ${dataset.classes[worst.predicted]} with ${percent(worst.confidence, 1)} -> ${path}`,
  );
  await explainer.close();
}
