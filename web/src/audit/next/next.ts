/** @file What to do next with a collection, from what was found in it: a sentence each, where it leads, and the command. */

import { labelFloors } from "../../../../src/evaluate/classifier/label-doubts.js";
import { count, counted, percent } from "../../../../src/foundation/words.js";
import { shellWord } from "../../../../src/report/page/steps/command.js";
import type { Filter } from "../arrangement.js";
import type { Confused } from "../entries.js";

export interface NextStep {
  readonly text: string;
  /** The button that leads to the images, and what is shown then. */
  readonly label?: string;
  readonly filter?: Partial<Filter>;
  /** Whether the queue of decisions begins there. */
  readonly decides?: boolean;
  readonly command?: string;
}

export interface FoundFacts {
  readonly images: number;
  /** Images with a known class. */
  readonly labelled: number;
  readonly errors: number;
  /** Classes taken for others, the most frequent first. */
  readonly pairs: readonly Confused[];
  /** Doubtful labels that nobody has decided on. */
  readonly doubtful: number;
  /** Undecided errors of at least 90 % confidence. */
  readonly sureErrors: number;
  /** Decisions that a label is wrong. */
  readonly wrongLabels: number;
  /** Errors with much of their evidence at the border. */
  readonly border: number;
  readonly nameOf: (index: number) => string;
  /** Files, as a command line names them. */
  readonly model: string;
  readonly data: string;
}

type StepKind = (facts: FoundFacts) => NextStep[];

/** From so many on errors are alike rather than by chance. */
const fewAlike = 3;
const shareAlike = 0.25;

function labels({ doubtful, sureErrors }: FoundFacts): NextStep[] {
  const decides = { label: "Decide", decides: true } as const;
  if (doubtful > 0)
    return [
      {
        text: `${counted(doubtful, "label is", "labels are")} doubtful: decide ${doubtful === 1 ? "it" : "them"} with the keys 1, 2 and 3.`,
        filter: { facet: "doubtful" },
        ...decides,
      },
    ];
  if (sureErrors === 0) return [];
  const sure = percent(labelFloors.confidence, 0);
  return [
    {
      text: `In ${counted(sureErrors, "error")} the model is at least ${sure} sure: the label is wrong, or the model is. Decide with the keys 1, 2 and 3.`,
      filter: { facet: "wrong" },
      ...decides,
    },
  ];
}

function accept(facts: FoundFacts): NextStep[] {
  if (facts.wrongLabels === 0) return [];
  return [
    {
      text: `${counted(facts.wrongLabels, "label is", "labels are")} wrong: save the label changes, and train again with them.`,
      command: improve(facts, "--accept label-changes.csv --out better.onnx"),
    },
  ];
}

function confused({ pairs, errors, nameOf }: FoundFacts): NextStep[] {
  const [first] = pairs;
  if (first === undefined || !isMany(first.count, errors)) return [];
  const { truth, predicted } = first;
  return [
    {
      text: `Errors cluster in ${nameOf(truth)} taken for ${nameOf(predicted)} (${count(first.count)} of ${count(errors)}): look at these.`,
      label: "Show them",
      filter: { truth, predicted },
    },
  ];
}

function border(facts: FoundFacts): NextStep[] {
  if (!isMany(facts.border, facts.errors)) return [];
  return [
    {
      text: `${count(facts.border)} of ${counted(facts.errors, "error")} have much of their evidence at the border: test whether the model goes by something there.`,
      label: "Show them",
      filter: { facet: "border" },
      command: improve(facts, "--only verify"),
    },
  ];
}

function discover(facts: FoundFacts): NextStep[] {
  if (facts.errors === 0 || confused(facts).length + border(facts).length > 0) return [];
  return [
    {
      text: `The ${facts.errors === 1 ? "error is" : `${count(facts.errors)} errors are`} of no common kind. Ask whether the model goes by something besides the object.`,
      command: improve(facts, "--only discover"),
    },
  ];
}

function clean({ errors, labelled }: FoundFacts): NextStep[] {
  if (labelled === 0 || errors > 0) return [];
  return [{ text: "Every image is right. Save the report, or try images that are harder." }];
}

function unlabelled({ labelled, images }: FoundFacts): NextStep[] {
  if (labelled > 0 || images === 0) return [];
  return [{ text: "Sort the images into a folder for each class, and the page finds the errors." }];
}

/** The table of kinds, in the order in which they are told. */
const kinds: readonly StepKind[] = [labels, accept, confused, border, discover, clean, unlabelled];

export function nextSteps(facts: FoundFacts): NextStep[] {
  return kinds.flatMap((kind) => kind(facts));
}

function isMany(some: number, errors: number): boolean {
  return some >= fewAlike && some >= shareAlike * errors;
}

function improve({ model, data }: FoundFacts, rest: string): string {
  return `fovea improve ${shellWord(model)} ${shellWord(data)} ${rest}`;
}
