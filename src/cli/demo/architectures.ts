/** @file Another architecture: two networks on the same digits without any stamp, their errors, and what the second one fixes. */

import { join } from "node:path";
import type { Dataset } from "../../data/dataset.js";
import { drawDigits } from "../../data/digits/digits.js";
import { counted, percent } from "../../foundation/words.js";
import { trainingSettings } from "../../train/network/recipes.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import type { Job } from "../terminal/job.js";
import { print } from "../terminal/print.js";
import { trainModel } from "../train/train-model.js";
import type { DemoOptions } from "./demo.js";
import { explainWorstError } from "./worst-error.js";
import { writeReport } from "./write-report.js";

/** The network of the assignment first, then one without a large linear layer. */
const networks = [
  { net: "classic", epochs: 5 },
  { net: "compact", epochs: 4 },
] as const;

/** @returns the report's path; undefined when a training was interrupted */
export async function compareArchitectures(job: Job, options: DemoOptions): Promise<string | undefined> {
  const { out, seed, images, command } = options;
  const dataset = drawDigits({ seed, train: images, test: Math.round(images / 4) });
  print(`   ${dataset.source}`);
  const models: NamedModel[] = [];
  for (const network of networks) {
    const model = await trained(job, network, dataset, options);
    if (model === undefined) return undefined;
    models.push(model);
    if (network.net === "classic") await explainWorstError(model, dataset, out);
  }
  const path = join(out, "architectures.html");
  const data = await writeReport(job, models, dataset, { path, title: "Another architecture", command });
  const { fixed, broken } = data.comparisons?.[0]?.result ?? { fixed: [], broken: [] };
  const errors = counted(fixed.length, "error");
  print(`   compact fixes ${errors} of classic and makes ${broken.length} new ones -> ${path}`);
  return path;
}

async function trained(
  job: Job,
  { net, epochs }: (typeof networks)[number],
  dataset: Dataset,
  { out, seed, command }: DemoOptions,
): Promise<NamedModel | undefined> {
  const file = join(out, `${net}.onnx`);
  const { testAccuracy } = await trainModel(job, dataset, {
    settings: trainingSettings(net, { epochs, seed }),
    validation: 0.05,
    out: file,
    resume: false,
    restart: true,
    command,
  });
  if (testAccuracy === undefined) return undefined;
  print(`   ${net}: ${percent(testAccuracy)} of ${counted(dataset.test.count, "test image")} right -> ${file}`);
  return modelAt(file);
}
