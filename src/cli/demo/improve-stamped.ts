/** @file A network that goes by a stamp: trained, looked at, improved, and reported beside the better one. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { faithfulMethod } from "../../explain/faithful/faithful-method.js";
import { contentHash } from "../../files/content-hash.js";
import { percent } from "../../foundation/words.js";
import { readProtocol } from "../../improve/protocol/protocol.js";
import type { ReportData } from "../../report/report-data.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { exitCodes } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";
import { table } from "../terminal/table.js";
import type { DemoContext } from "./context.js";
import { drawLooks } from "./draw-looks.js";
import { stampedData } from "./stamped-data.js";
import { writeReport } from "./write-report.js";

const network = { net: "classic", epochs: 8, name: "stamped" };

export interface ImprovedStamped {
  readonly code: number;
  /** Its path; undefined when the demo was interrupted. */
  readonly report?: string;
}

export async function improveStamped(context: DemoContext): Promise<ImprovedStamped> {
  const { job, out, seed, images, command } = context;
  const { biased, sealed } = stampedData(seed, images);
  print(`Data: ${biased.source}`);
  printLines(["", "1. Train the classic network on them, and measure it on digits like them"]);
  const before = await context.train(network, biased);
  if (before === undefined) return { code: job.stoppedCode };
  printLines(["", "2. See where it looks"]);
  print(`   maps of the class that it predicts -> ${await drawLooks([before], biased, join(out, "looks.png"))}`);
  printLines(["", "3. Improve: discover from maps, verify by exchanging, repair, prove on sealed digits"]);
  const [better, protocol] = [join(out, "better.onnx"), join(out, "better.improve.json")];
  await beginAnew(protocol, before, seed);
  const code = await context.improve(before, sealed, { out: better, protocol });
  if (code !== exitCodes.done && code !== exitCodes.nothingProved) return { code };
  const models = code === exitCodes.done ? [before, await modelAt(job, better)] : [before];
  printLines(["", "4. Before and after, on the sealed digits"]);
  print(`   -> ${await drawLooks(models, sealed, join(out, "before-after.png"))}`);
  const path = join(out, "report.html");
  const title = "From a network that goes by a stamp to one that reads digits";
  const data = await writeReport(job, models, sealed, {
    ...{ path, title, command, method: faithfulMethod(before.model) },
    protocol: await readProtocol(protocol),
  });
  printLines(outcome(data).map((line) => `   ${line}`));
  return { code, report: path };
}

/** Takes away the protocol of a demo that came to its end, or of another one; that of one that was broken off is gone on from. */
async function beginAnew(protocol: string, { file }: NamedModel, seed: number): Promise<void> {
  const found = await readProtocol(protocol);
  if (found === undefined) return;
  const isSame = found.model === contentHash(file) && found.seed === String(seed);
  if (isSame && found.proof === undefined) return;
  await rm(protocol, { force: true });
  await rm(`${protocol}.networks`, { recursive: true, force: true });
}

/** Accuracies before and after, and the worst groups of the repair and its controls. */
function outcome({ models, improvement }: ReportData): string[] {
  const accuracies = models.map(({ name, evaluation: { accuracy } }) => `${name} ${percent(accuracy.value, 1)}`);
  const proof = improvement?.proof;
  return [
    `right on the sealed digits, half of which bear a misleading stamp: ${accuracies.join(", ")}`,
    ...(proof
      ? [
          `worst group (a class with its own, or with another class's stamp): before ${percent(proof.before.worst.value, 1)}, after ${percent(proof.after.worst.value, 1)}`,
          ...table(
            [`means of ${proof.seeds.length} trainings`, "worst group", "all groups"],
            [{ name: "repaired", ...proof.repaired }, ...proof.controls].map(({ name, worst, overall }) => [
              name,
              percent(worst.value, 1),
              percent(overall.value, 1),
            ]),
          ),
        ]
      : []),
  ];
}
