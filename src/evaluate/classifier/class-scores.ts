/** @file Precision, recall and F1 of each class, and their averages. */

import type { ConfusionMatrix } from "./confusion-matrix.js";

/** Scores of one class. */
export interface ClassScores {
  readonly name: string;
  /** Of the images given this class, the share that belongs to it; 0 where `predicted` is 0. */
  readonly precision: number;
  /** Of the images of this class, the share given it; 0 where `support` is 0. */
  readonly recall: number;
  /** Harmonic mean of both, 2·right / (support + predicted); 0 where neither an image nor a prediction is of this class. */
  readonly f1: number;
  /** Images of this class. */
  readonly support: number;
  /** Images given this class. */
  readonly predicted: number;
}

/** Averages over classes, each class counting the same. */
export interface MacroScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** A score that would divide by 0 is 0: the convention of scikit-learn's `zero_division=0`. */
export function classScores(matrix: ConfusionMatrix, classes: readonly string[]): ClassScores[] {
  return classes.map((name, k) => {
    const right = matrix[k]?.[k] ?? 0;
    const support = sum(matrix[k] ?? []);
    const predicted = sum(matrix.map((row) => row[k] ?? 0));
    return {
      name,
      precision: ratio(right, predicted),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predicted),
      support,
      predicted,
    };
  });
}

/** Averages over the classes that occur, as a label or as a prediction; a class that never occurs says nothing about the classifier. */
export function macroScores(scores: readonly ClassScores[]): MacroScores {
  const occurring = scores.filter(({ support, predicted }) => support + predicted > 0);
  const mean = (of: (score: ClassScores) => number) => ratio(sum(occurring.map(of)), occurring.length);
  return {
    precision: mean((score) => score.precision),
    recall: mean((score) => score.recall),
    f1: mean((score) => score.f1),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
