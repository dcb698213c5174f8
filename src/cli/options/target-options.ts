/** @file The table of options that choose a target: a difference, a position, a mask, a similarity. */

import type { Command } from "commander";

/** A target as an option of the command line. */
interface TargetOption {
  /** With what it takes, as --help shows it. */
  readonly flag: string;
  readonly does: string;
  /** The scores are those of classes, whose probabilities can be measured. */
  readonly ofClasses: boolean;
  /** The option whose target this one only narrows: both may be given. Default none. */
  readonly narrows?: string;
}

/** All of them, by the names that the parser gives their values; `makers` of `values/targets.ts` makes the targets. */
export const targetOptions = {
  minus: {
    flag: "--minus <class>",
    does: "explain each class's score minus that of this class",
    ofClasses: false,
  },
  mask: {
    flag: "--mask <file>",
    does: "explain the mean of a segmentation output over the white part of this image",
    ofClasses: false,
  },
  similarTo: {
    flag: "--similar-to <image>",
    does: "explain how similar the output is to that of another image",
    ofClasses: false,
  },
  at: {
    flag: "--at <axis=index,...>",
    does: "explain the scores at a position of the output: 2=10,3=5 for a pixel or a cell, 2=max for the surest box",
    ofClasses: true,
  },
  scores: {
    flag: "--scores <from:to>",
    does: "which of the numbers there are the class scores, e.g. 5:85 behind four coordinates",
    ofClasses: true,
    narrows: "--at",
  },
} as const satisfies Readonly<Record<string, TargetOption>>;

export type TargetName = keyof typeof targetOptions;

export type TargetFlags = { readonly output?: string } & { readonly [Name in TargetName]?: string };

/** A target that the user asks for. */
interface GivenTarget extends Pick<TargetOption, "ofClasses"> {
  readonly key: TargetName;
  /** The option that messages name: of two that make one target together the first. */
  readonly name: string;
  readonly text: string;
}

export function withTargetOptions(command: Command): Command {
  return Object.values(targetOptions).reduce((all, { flag, does }) => all.option(flag, does), command);
}

/** The targets that the options ask for, of which a model takes one. */
export function givenTargets(flags: TargetFlags): GivenTarget[] {
  const given = new Map<string, GivenTarget>();
  for (const key of Object.keys(targetOptions) as TargetName[]) {
    const option: TargetOption = targetOptions[key];
    const text = flags[key];
    const name = option.narrows ?? option.flag.replace(/ .*/, "");
    if (text !== undefined && !given.has(name)) given.set(name, { key, ofClasses: option.ofClasses, name, text });
  }
  return [...given.values()];
}
