/** @file `fovea report` of a detector: measures it, explains its boxes, and writes the page. */

import { basename, resolve } from "node:path";
import type { SceneSet } from "../../../data/scenes/scene-set.js";
import {
  type DetectionEvaluation,
  errorsOfKind,
  evaluateDetections,
  shownFrom,
} from "../../../evaluate/detection/evaluate-detections.js";
import type { FoundScene } from "../../../evaluate/detection/study/detect-scenes.js";
import { matchDetector } from "../../../evaluate/detection/study/match-model.js";
import { summariseMaps } from "../../../evaluate/detection/study/summarise-maps.js";
import { createBoxExplainer } from "../../../explain/boxes/box-explainer.js";
import { boxMethod } from "../../../explain/boxes/box-method.js";
import { defaultBoxMethod } from "../../../explain/boxes/box-options.js";
import { writeFileAtomically } from "../../../files/atomic.js";
import { FoveaError } from "../../../foundation/error.js";
import { counted, percent } from "../../../foundation/words.js";
import { defaultColormap } from "../../../image/map/colormap.js";
import { detectionOf } from "../../../model/tasks/detection/detect.js";
import { scaleOf } from "../../../report/collect/draw.js";
import { collectExamples } from "../../../report/detection/collect-examples.js";
import type { DetectionReportData } from "../../../report/detection/detection-data.js";
import { renderDetectionReport } from "../../../report/detection/page/render-detection.js";
import { encoder } from "../../../report/encoder.js";
import { detectSet } from "../../evaluate/detection/detect-set.js";
import { refuseClassOptions } from "../../evaluate/detection/refuse-options.js";
import { usualLimits } from "../../evaluate/evaluate-flags.js";
import type { NamedModel } from "../../inputs/models.js";
import { photoName } from "../../inputs/photo-name.js";
import { assumptions, describedRecipe } from "../../inputs/read-input.js";
import { scenesAt } from "../../inputs/scene-sets.js";
import { measureBoxes } from "../../localise/boxes/measure-boxes.js";
import { baseName } from "../../options/command-line.js";
import { type ReportFlags, reportCommandLine } from "../../options/report-options.js";
import { platform } from "../../platform.js";
import type { Job } from "../../terminal/job.js";
import { note, print, printJson } from "../../terminal/print.js";
import { today } from "../today.js";

/** Boxes whose maps are measured, and of how many the curves, which take many runs. */
const measuredBoxes = { count: 50, curves: 10 } as const;
/** Kinds of errors. */
const kinds = 6;

interface Subject {
  readonly named: NamedModel;
  readonly set: SceneSet;
  readonly scenes: readonly FoundScene[];
  readonly evaluation: DetectionEvaluation;
  readonly flags: ReportFlags;
}

/** @param args the model, and last the data. @returns the exit code */
export async function reportDetector(
  job: Job,
  { models, name }: { readonly models: readonly NamedModel[]; readonly name: string },
  args: readonly string[],
  flags: ReportFlags & { readonly out: string },
): Promise<number> {
  const named = onlyModel(models);
  refuseClassOptions(flags);
  refuseOthers(flags);
  const found = await scenesAt(job, name, flags);
  // Reports are given away: pictures are named from the folder on.
  const set = { ...found, nameOf: (index: number) => photoName(found.name, found.nameOf(index)) };
  const scenes = await detectSet(job, named, set, usualLimits);
  job.signal.throwIfAborted();
  const subject = { named, set, scenes, flags, evaluation: evaluateDetections(scenes, set.classes) };
  const data = await reportData(job, subject, args);
  await writeFileAtomically(flags.out, new TextEncoder().encode(renderDetectionReport(data, await platform.fonts?.())));
  if (job.format === "json") printJson(described(data, subject));
  else {
    print(`data: ${set.source}`);
    const { ap, ap50 } = data.evaluation.overall;
    if (ap !== null && ap50 !== null) print(`${named.name}: AP ${percent(ap, 1)}, AP50 ${percent(ap50, 1)}`);
    for (const each of assumptions(named.model)) print(`${named.name}: ${each}`);
    print(`wrote ${flags.out}`);
    note("Open it in a browser.");
  }
  return job.end({ failed: `of ${counted(set.count, "picture")} skipped` });
}

function onlyModel(models: readonly NamedModel[]): NamedModel {
  const [named, ...others] = models;
  if (named && others.length === 0) return named;
  throw new FoveaError("bad-input", `report: expected a detector alone, got ${counted(models.length, "model")}`);
}

/** @throws FoveaError `bad-input` for parts that only reports of classifiers have */
function refuseOthers({ attack, trust, labelQueue, protocol }: ReportFlags): void {
  const given = Object.entries({
    "--attack": attack,
    "--trust": trust,
    "--label-queue": labelQueue,
    "--protocol": protocol,
  });
  const [first] = given.flatMap(([flag, value]) => (value === undefined || value === false ? [] : [flag]));
  if (first === undefined) return;
  throw new FoveaError("bad-input", `${first}: expected a model with classes of whole images, got a detector`);
}

async function reportData(job: Job, subject: Subject, args: readonly string[]): Promise<DetectionReportData> {
  const { named, set, scenes, evaluation, flags } = subject;
  const { shown: _, ...figures } = evaluation;
  const method = boxMethod(flags.methodGiven ? flags.method : defaultBoxMethod);
  const { layer, seed } = flags;
  const settings = { method: method.name, layer, confidence: shownFrom, seed, ...measuredBoxes };
  const measured = await measureBoxes(job, { named, set, scenes }, settings);
  job.signal.throwIfAborted();
  const examples = await examplesOf(job, subject, method.name);
  const title = method.name === defaultBoxMethod ? "ODAM" : method.title;
  return {
    title: flags.title ?? `${named.name} on ${basename(resolve(set.name))}`,
    date: today(),
    data: { name: basename(resolve(set.name)), source: set.source, classes: set.classes },
    model: { name: named.name, layout: detectionOf(named.model.task).layout.title },
    evaluation: figures,
    limits: usualLimits,
    maps: {
      ...{ method: title, name: method.name, colours: scaleOf(defaultColormap) },
      ...{ boxes: measured.length, summary: summariseMaps(measured) },
    },
    examples,
    names: { model: baseName(args[0] ?? ""), data: baseName(args.at(-1) ?? "") },
    reproduce: {
      commands: [reportCommandLine(args, flags)],
      seed,
      versions: platform.versions,
      notes: assumptions(named.model),
    },
  };
}

function examplesOf(job: Job, { named, set, scenes, evaluation, flags }: Subject, method: string) {
  const { layer } = flags;
  const { runtime } = platform;
  const explainer = createBoxExplainer(named.model, { runtime, method, ...(layer === "auto" ? {} : { layer }) });
  return job.heed(() =>
    job.stage("explaining boxes", async (onProgress) => {
      try {
        return await collectExamples({
          ...{ explainer, set, scenes, evaluation, runtime, onProgress, signal: job.signal },
          classes: matchDetector(named.name, named.model, set),
          count: Math.ceil(flags.errors / kinds),
          encode: encoder(platform),
        });
      } finally {
        await explainer.close();
      }
    }),
  );
}

/** Plain data for programs. */
function described(
  { data, evaluation, limits, maps }: DetectionReportData,
  { named, flags, evaluation: { shown } }: Subject,
) {
  const surest = evaluation.errors.kinds.map(({ kind }) => [kind, errorsOfKind(shown, kind)[0]?.found?.score]);
  return {
    ...{ report: flags.out, data: data.source, model: named.name, ...describedRecipe(named.model) },
    ...{ ...limits, ...evaluation, surest: Object.fromEntries(surest), maps: maps.summary },
  };
}
