/** @file Concepts as text and as JSON. */

import type { ConceptSummary } from "../../evaluate/studies/concept-study.js";
import { stableFrom } from "../../explain/concepts/regions.js";
import { at } from "../../foundation/present.js";
import { counted, percent } from "../../foundation/words.js";
import { className } from "../../model/class-names.js";
import { describeLayer } from "../../model/layers/layer.js";
import { modelLine } from "../inputs/models.js";
import { assumptions, describedRecipe } from "../inputs/read-input.js";
import type { Job } from "../terminal/job.js";
import { printJson, printLines } from "../terminal/print.js";
import { standardOutput } from "../terminal/standard-output.js";
import { table } from "../terminal/table.js";
import type { ConceptResult } from "./concept-result.js";

/** The files that were written. */
interface Written {
  readonly figure: string;
  readonly report: string | undefined;
}

export function printConcepts(job: Job, result: ConceptResult, written: Written): void {
  if (job.format === "json") printJson(describedConcepts(job, result, written));
  else printLines([...heading(result), ...rows(result), ...notes(result), ...writtenLines(written)]);
}

/** What they are concepts of. */
export function classOf({ named, classIndex }: Pick<ConceptResult, "named" | "classIndex">): string {
  return classIndex === undefined ? "the predicted class" : `class ${className(named.model, classIndex)}`;
}

function heading({ named, classIndex, from, images, concepts, study }: ConceptResult): string[] {
  const { layer, error, converged } = concepts;
  const what = from === "crops" ? "crops of " : "";
  const state = converged ? "the search converged" : "the search was still getting better when it was stopped";
  return [
    modelLine(named),
    ...assumptions(named.model).map((note) => `  ${note}`),
    `  concepts at ${layer.name} (${describeLayer(layer)}): ${layer.reason}`,
    `  found in ${what}${counted(images.length, "image")}; they leave over ${percent(error ** 2, 1)} of the activations' squares; ${state}`,
    `  importance for ${classOf({ named, classIndex })}, over ${counted(study.images, "image")}, with 95 % intervals`,
  ];
}

function rows({ study, concepts }: ConceptResult): string[] {
  const header = ["concept", "importance", "score falls by", "other answer", "in images", "stable"];
  const lines = study.concepts.map(({ index, importance, drop, changes, present }, i) => [
    `${i + 1}`,
    withInterval(importance, study.images),
    withInterval(drop, study.images),
    percent(changes, 0),
    percent(present, 0),
    at(concepts.all, index).stability >= stableFrom ? "yes" : "no",
  ]);
  return ["", ...table(header, lines), ""];
}

function withInterval({ value, low, high }: ConceptSummary["drop"], images: number): string {
  const [mean, from, to] = [value, low, high].map(twoDecimals);
  return images < 2 ? `${mean}` : `${mean} (${from} to ${to})`;
}

/** Without the sign of what is rounded to zero. */
function twoDecimals(value: number): string {
  return (Math.round(100 * value) / 100 + 0).toFixed(2);
}

/** What must be known to read the numbers. */
function notes({ study, concepts }: ConceptResult): string[] {
  const { score, rebuilt } = study;
  const unstable = concepts.all.filter(({ stability }) => stability < stableFrom).length;
  const negative = concepts.negative;
  return [
    `The mean score is ${score.toFixed(2)}, and ${rebuilt.toFixed(2)} with nothing but the concepts in the layer.`,
    ...(unstable > 0
      ? [
          `${counted(unstable, "concept is", "concepts are")} not stable: other starts of the search find other ones. Fewer may do (--count).`,
        ]
      : []),
    ...(negative > 0.001
      ? [
          `${percent(negative, 1)} of the activations' squares are negative and were taken for 0: a layer behind a rectifier loses nothing (--layer).`,
        ]
      : []),
  ];
}

function writtenLines({ figure, report }: Written): string[] {
  const files = [...(figure === standardOutput ? [] : [figure]), ...(report === undefined ? [] : [report])];
  return files.map((file) => `wrote ${file}`);
}

function describedConcepts(job: Job, result: ConceptResult, { figure, report }: Written) {
  const { named, classIndex, from, images, concepts, study, studied } = result;
  const { layer, error, converged, negative } = concepts;
  return {
    model: named.path,
    ...describedRecipe(named.model),
    class: classIndex === undefined ? null : { index: classIndex, label: className(named.model, classIndex) },
    layer: { name: layer.name, dims: layer.dims },
    from,
    images: images.length,
    leftOver: error,
    converged,
    negative,
    measuredOn: study.images,
    score: study.score,
    rebuilt: study.rebuilt,
    concepts: study.concepts.map(({ index, examples, ...summary }, i) => {
      const { share, stability } = at(concepts.all, index);
      const paths = examples.slice(0, 5).map((image) => at(studied, image).source.path);
      return { number: i + 1, share, stability, ...summary, examples: paths };
    }),
    classes: study.classes.map(({ classIndex, concepts }) => ({
      ...{ index: classIndex, label: className(named.model, classIndex) },
      concepts: concepts.map((worth, i) => ({ number: i + 1, ...worth })),
    })),
    written: figure,
    ...(report === undefined ? {} : { report }),
    failures: job.failures,
  };
}
