/** @file Another architecture: two networks on the same digits without any stamp, their errors, and what the second one fixes. */

import { join } from "node:path";
import { drawDigits } from "../../data/digits/digits.js";
import { counted } from "../../foundation/words.js";
import type { NamedModel } from "../inputs/models.js";
import { print } from "../terminal/print.js";
import type { DemoContext } from "./context.js";
import { explainWorstError } from "./worst-error.js";
import { writeReport } from "./write-report.js";

/** The network of the assignment first, then one without a large linear layer. */
const networks = [
  { net: "classic", epochs: 5, name: "classic" },
  { net: "compact", epochs: 4, name: "compact" },
] as const;

/** @returns the report's path; undefined when a training was interrupted */
export async function compareArchitectures(context: DemoContext): Promise<string | undefined> {
  const { job, out, seed, images, command } = context;
  const dataset = drawDigits({ seed, train: images, test: Math.round(images / 4) });
  print(`   ${dataset.source}`);
  const models: NamedModel[] = [];
  for (const network of networks) {
    const model = await context.train(network, dataset);
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
