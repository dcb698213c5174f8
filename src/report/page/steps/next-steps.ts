/** @file What to do next, from what was found: a table of kinds of steps, each with its command and what may be expected of it. */

import { proportion } from "../../../evaluate/statistics/proportion.js";
import { at } from "../../../foundation/present.js";
import { count, counted, list } from "../../../foundation/words.js";
import { subjectAmong } from "../../improvement/subject.js";
import { labelQueue } from "../../label-queue.js";
import type { ModelReport, ReportData } from "../../report-data.js";
import { salientClasses } from "../findings/bias-findings.js";
import { fixed, percentage } from "../format.js";
import { className } from "../parts.js";
import { commandFor, improveCommand, outFile, shellWord, trainCommand } from "./command.js";

export interface Step {
  /** What to do, as a command to the reader. */
  readonly title: string;
  /** What was found. */
  readonly why: string;
  readonly command: string;
  /** What may be expected of it. */
  readonly effect: string;
  /** Address of the section that shows what was found. */
  readonly section: string;
}

type StepKind = (data: ReportData) => Step[];

/** All steps that what was found asks for, the most pressing kind first. */
export function nextSteps(data: ReportData): Step[] {
  return kinds.flatMap((kind) => kind(data));
}

/** Whether anything was looked for that a step could come of. */
export function lookedForSteps({ models }: ReportData): boolean {
  return models.some(({ bias, confidence }) => bias || confidence);
}

function eachModel(step: (data: ReportData, model: ModelReport, index: number) => Step[]): StepKind {
  return (data) => data.models.flatMap((model, index) => step(data, model, index));
}

function labels(data: ReportData): Step[] {
  const queue = labelQueue(data);
  const [first] = queue;
  if (first === undefined) return [];
  const model = at(first.models, 0);
  const expected = Math.max(...data.models.map(({ confidence }) => confidence?.doubted?.expected ?? 0));
  return [
    {
      title: `Look at ${counted(queue.length, "label")}`,
      why: `A model contradicts ${queue.length === 1 ? "it" : "them"} with confidence. The list asks of each: label wrong, model wrong, or unclear?`,
      command: improveCommand(data, model, "--accept", "label-changes.csv"),
      effect: `${(data.data.part ?? "test") === "test" ? "Images with the verdict “label wrong” are measured by their new label; those of the test are never learned from" : "Images with the verdict “label wrong” are learned and measured with their new label; all else stays"}.${expected >= 0.5 ? ` Where all labels are right, about ${count(Math.round(expected))} would be contradicted by chance.` : ""}`,
      section: "labels",
    },
  ];
}

function testedCues({ improvement }: ReportData) {
  return improvement?.hypotheses.filter(({ verdict }) => verdict) ?? [];
}

function cues(data: ReportData, model: ModelReport, index: number): Step[] {
  const salient = salientClasses(model);
  const [first] = salient;
  if (first === undefined || (subjectAmong(data.models, data.improvement) === index && testedCues(data).length > 0))
    return [];
  const { label, where, region } = first;
  const names = list(salient.slice(0, 3).map((each) => className(data, each.label)));
  return [
    {
      title: `Find out whether ${model.name} tells ${names} by a cue in ${where}`,
      why: `${percentage(region.share.value, 0)} of the evidence for ${className(data, label)} lies there, where a uniform map has ${percentage(region.even, 0)}.`,
      command: improveCommand(data, index),
      effect:
        "Exchanges the region between images of different classes. If the answers follow it, the model is trained again with the cue exchanged, and written only if it beats three controls on images that nothing has seen.",
      section: "bias",
    },
  ];
}

/** Errors that are alike, from as many on. */
const alikeErrors = 5;

function alike(data: ReportData, { name, errorGroups = [] }: ModelReport, index: number): Step[] {
  const [largest] = errorGroups;
  if (largest === undefined || largest.members.length < alikeErrors) return [];
  return [
    {
      title: `Ask what ${counted(largest.members.length, "error")} of ${name} have in common`,
      why: `Their maps share most of their evidence, which lies ${largest.place}.`,
      command: commandFor(data, "improve", index, "--only", "discover"),
      effect: "Looks for cues with a place and without one, such as a tint or blur, and changes nothing.",
      section: "alike",
    },
  ];
}

/** Classes with fewer images are too small to measure. */
const fewImages = 30;
const enoughImages = 100;

/** Told once: the images are the same for all models. */
function groups(data: ReportData): Step[] {
  const evaluation = at(data.models, 0).evaluation;
  const small = evaluation.perClass.filter(({ support }) => support > 0 && support < fewImages);
  const [smallest] = [...small].sort((a, b) => a.support - b.support);
  if (smallest === undefined) return [];
  const width = (images: number) => {
    const { low, high } = proportion(Math.round(smallest.recall * images), images);
    return `${fixed((high - low) * 100, 0)} points`;
  };
  const wanted = someClasses(small.map(({ name, support }) => `${name} (${count(support)})`));
  return [
    {
      title: `Collect images of ${wanted}`,
      why: `Of fewer than ${fewImages} images nobody can tell how good a model is on a class.`,
      command: data.reproduce.commands.at(-1) ?? commandFor(data, "report", 0),
      effect: `The 95\u202f% interval of the recall on ${smallest.name} is ${width(smallest.support)} wide; with ${enoughImages} images it would be ${width(enoughImages)}.`,
      section: "results",
    },
  ];
}

/** Five of them, and how many more there are. */
function someClasses(names: readonly string[]): string {
  const rest = names.length - 5;
  return list([...names.slice(0, 5), ...(rest > 0 ? [counted(rest, "more class", "more classes")] : [])]);
}

/** Groups of training images with fewer are too small to learn from. */
const fewTraining = 30;

/** The cells of class and cue that the training images hardly fill. */
function cells(data: ReportData): Step[] {
  const { improvement } = data;
  const counterexamples = improvement?.hypotheses.some(({ verdict }) => verdict?.verified)
    ? improvement.repair?.counterexamples
    : undefined;
  const few = (counterexamples ?? []).flatMap((images, label) => (images < fewTraining ? [{ images, label }] : []));
  if (few.length === 0) return [];
  const named = someClasses(few.map(({ images, label }) => `${className(data, label)} (${count(images)})`));
  return [
    {
      title: "Photograph each class without its own cue",
      why: `Training images that bear another class’s cue are few: ${named}.`,
      command: improveCommand(data, subjectAmong(data.models, data.improvement) ?? 0),
      effect: `From about ${fewTraining} of each class on, groups can be balanced, beside exchanging the cue.`,
      section: "repair",
    },
  ];
}

/** Once for all verified cues: whatever is trained on the same images may take them up. */
function exchange(data: ReportData): Step[] {
  const verified = testedCues(data).filter(({ verdict, exchange: file }) => verdict?.verified && file !== undefined);
  const index = subjectAmong(data.models, data.improvement);
  if (verified.length === 0 || index === undefined) return [];
  const files = verified.flatMap(({ exchange: file = "" }) => ["--exchange", shellWord(file)]);
  const proof = data.improvement?.proof;
  const proved = proof?.accepted
    ? ` With it the worst group rose from ${percentage(proof.before.worst.value, 0)} to ${percentage(proof.after.worst.value, 0)} on sealed images.`
    : "";
  return [
    {
      title: `Train other networks with ${list(verified.map(({ id }) => id))} exchanged`,
      why: "The images themselves offer the cue, so any network that learns from them may go by it.",
      command: trainCommand(data, index, ...files, ...outFile(data, "exchanged")),
      effect: `The cue tells nothing of the label any more; accuracy on images that bear it may fall.${proved}`,
      section: "repair",
    },
  ];
}

/** Under attack, so much less of what is right is worth a step. */
const worthHardening = 0.1;

/** For networks that can be trained here: others have no settings to follow. */
function hardening(data: ReportData, { name, training, robustness }: ModelReport, index: number): Step[] {
  if (training?.network === undefined || robustness === undefined) return [];
  const hit = robustness.levels.find(
    ({ summary: { correct, count: of, accuracy } }) => correct / of - accuracy.value >= worthHardening,
  );
  if (hit === undefined) return [];
  const { correct, count: of, accuracy } = hit.summary;
  const eps = String(Number(hit.eps.toPrecision(3)));
  return [
    {
      title: `Train ${name} against attacks, if anyone may attack it`,
      why: `When each pixel moves by at most ${eps} of its range, ${percentage(accuracy.value, 0)} of ${count(of)} images are right instead of ${percentage(correct / of, 0)}.`,
      command: trainCommand(data, index, "--adversarial", eps, ...outFile(data, "robust")),
      effect:
        "Learns from attacked images, so that an epoch takes many times longer and accuracy on images as they are may fall. What it brings and costs: fovea report with both models and --attack.",
      section: "robustness",
    },
  ];
}

/** What a temperature must gain, as calibration error. */
const worthCalibrating = 0.01;

function calibration(data: ReportData, { name, confidence }: ModelReport, index: number): Step[] {
  if (confidence === undefined || confidence.error - confidence.scaledError < worthCalibrating) return [];
  const { temperature, error, scaledError } = confidence;
  return [
    {
      title: `Mend the confidence of ${name}`,
      why: `It is ${fixed(error * 100, 1)} points off on average: ${temperature > 1 ? "too sure" : "less sure than it could be"}.`,
      command: commandFor(
        data,
        "calibrate",
        index,
        ...outFile(data, data.models.length > 1 ? `${name}-calibrated` : "calibrated"),
      ),
      effect: `About ${fixed(scaledError * 100, 1)} points off, by one number that is fitted on validation images (here ${fixed(temperature, 2)}); predictions and maps stay as they are.`,
      section: "results",
    },
  ];
}

/** The table of kinds, in the order in which they are told. */
const kinds: readonly StepKind[] = [
  labels,
  eachModel(cues),
  eachModel(alike),
  exchange,
  cells,
  groups,
  eachModel(hardening),
  eachModel(calibration),
];
