/** @file The parts of docs/choose-a-method.md that are written from measured agreement. */

import { list, percent } from "../../src/foundation/words.js";
import { fillIn } from "../../test/house/pages.js";
import type { MeasuredChance } from "./measure-chance.js";
import type { MeasuredSubject } from "./measure-methods.js";
import type { MeasuredTruth } from "./measure-truth.js";

export interface AgreementResults {
  readonly truth: MeasuredTruth | undefined;
  readonly chance: readonly MeasuredChance[];
  readonly subjects: readonly MeasuredSubject[];
}

/** The page with its parts as the results have them. */
export function withAgreement(markdown: string, { truth, chance, subjects }: AgreementResults): string {
  const parts = {
    groups: groupsPart(subjects),
    disagreement: disagreementPart(subjects),
    truth: truth ? truthPart(truth) : "",
    chance: chancePart(chance),
  };
  return Object.entries(parts).reduce(
    (page, [name, content]) => fillIn(page, name, content, "npm run bench -- agreement"),
    markdown,
  );
}

const two = (value: number | undefined) => (value === undefined ? "" : value.toFixed(2));
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const head = (cells: readonly string[]) => [row(cells), `|${"---|".repeat(cells.length)}`];
const named = (subjects: readonly MeasuredSubject[]) =>
  list(subjects.map(({ subject, images }) => `${subject} (${images})`));

/** Rank correlations of two methods, one for each network that has both. */
function correlations(subjects: readonly MeasuredSubject[], a: string, b: string): number[] {
  return subjects.flatMap(({ pairs }) =>
    pairs.flatMap(({ methods, correlation }) => (methods.includes(a) && methods.includes(b) ? [correlation] : [])),
  );
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

/** Every method that was measured, in the order of the families. */
function methodsOf(subjects: readonly MeasuredSubject[]) {
  const all = subjects.flatMap(({ methods }) => methods);
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
}

/** Methods that are as good as one on every network. */
const alike = 0.95;

function groupsPart(subjects: readonly MeasuredSubject[]): string {
  const groups: string[][] = [];
  for (const { name, family } of methodsOf(subjects)) {
    if (family === "baseline") continue;
    const isOf = (group: readonly string[]) =>
      group.every((other) => Math.min(...correlations(subjects, name, other)) >= alike);
    const group = groups.find(isOf);
    if (group) group.push(name);
    else groups.push([name]);
  }
  const several = groups.filter(({ length }) => length > 1);
  const lines = several.map((group) => `- ${group.map((name) => `\`${name}\``).join(", ")}`);
  return `Measured on ${named(subjects)}. In each group every two methods have a rank correlation of ${alike} or more on every network:

${lines.join("\n")}`;
}

const familyTitles: Readonly<Record<string, string>> = {
  cam: "CAM of a layer",
  pixels: "gradient of pixels",
  relevance: "relevance",
  perturbation: "perturbation",
  attention: "attention",
  baseline: "to compare with",
};
const speakers = ["hires-cam", "integrated-gradients", "occlusion"] as const;

function disagreementPart(subjects: readonly MeasuredSubject[]): string {
  const rows = methodsOf(subjects).map(({ name, family, classBlind }) => {
    const across = subjects.flatMap(({ methods }) =>
      methods.flatMap((method) =>
        method.name === name && method.acrossClasses !== null ? [method.acrossClasses] : [],
      ),
    );
    const withSpeakers = speakers.map((speaker) => {
      const values = correlations(subjects, name, speaker);
      return speaker === name ? "" : two(meanOf(values));
    });
    const other = classBlind ? "the same map" : two(meanOf(across));
    return { family, cells: [`\`${name}\``, familyTitles[family] ?? family, ...withSpeakers, other] };
  });
  const order = Object.keys(familyTitles);
  rows.sort((a, b) => order.indexOf(a.family) - order.indexOf(b.family));
  return [
    ...head([
      "method",
      "family",
      "with HiResCAM",
      "with integrated gradients",
      "with occlusion",
      "with its own second class",
    ]),
    ...rows.map(({ cells }) => row(cells)),
  ].join("\n");
}

function truthPart({ images, maps, least, auroc, verdicts, methods }: MeasuredTruth): string {
  const says = { agree: "agrees with the other families", partly: "agrees with some", disagree: "agrees with none" };
  const verdictRows = Object.entries(says).map(([verdict, words]) => {
    const found = verdicts[verdict];
    return row([words, String(found?.maps ?? 0), percent(found?.right ?? 0, 0)]);
  });
  const rows = methods.map(({ method, share, agree }) => row([code(method), two(share), percent(agree, 0)]));
  return `${images} images, two classes of each, ${methods.length} kinds of maps: ${maps} maps. A map is right where at least ${least} of what speaks for its class lies in the half of that class. The chance that a right map agrees more than a wrong one is **${auroc.toFixed(2)}** (0.5 is chance).

${[...head(["the map", "maps", "right"]), ...verdictRows].join("\n")}

${[...head(["map of", "share in the right half", "agrees with the other families"]), ...rows].join("\n")}`;
}

function code(method: string): string {
  const [name = "", ...more] = method.split(" ");
  return [`\`${name}\``, ...more].join(" ");
}

function chancePart(chance: readonly MeasuredChance[]): string {
  const rows = chance.map(({ subject, images, verdicts, same, other }) => {
    const counts = ["agree", "partly", "disagree"].map((verdict) => String(verdicts[verdict] ?? 0));
    return row([subject, images, ...counts, percent(same, 0), percent(other, 0)]);
  });
  return [
    ...head(["network", "images", "agree", "in part", "disagree", "pairs that agree", "with another image's map"]),
    ...rows,
  ].join("\n");
}
