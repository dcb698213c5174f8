/** @file The target that takes several classes for one: dogs of 118 breeds. */

import { checkOptions } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { at } from "../../foundation/present.js";
import type { Value } from "../../onnx/graph.js";
import { classIndices, className } from "../class-names.js";
import type { ClassTerm, TermedClasses } from "../classes/find-classes.js";
import type { Model } from "../model.js";
import { appendScores } from "../run/classifier.js";
import type { Target, TargetKind } from "./target.js";

/** Classes that are taken for one. */
export interface ClassGroup {
  readonly name: string;
  /** By index or by name. */
  readonly classes: readonly (number | string)[];
  /** What it is called besides. Default none. */
  readonly terms?: readonly string[];
}

/** The options of `classGroups`. */
export interface ClassGroupsOptions {
  /** No class may be in two of them. */
  readonly groups: readonly ClassGroup[];
}

/**
 * Groups in the place of their classes, then the classes that are in none, in their order. A group's score is the logarithm of the
 * sum of its classes' exponentials, so its probability is the sum of theirs.
 * @throws FoveaError `unknown-name`, `bad-input` for a class in two groups, or a model whose probabilities do not add up to 1
 */
export function classGroups(options: ClassGroupsOptions): Target {
  checkOptions("classGroups", options);
  const { groups } = options;
  const names = groups.map(({ name }) => name).join(", ");
  const title = `classes grouped: ${names}`;
  return {
    title: title.length > 80 ? `${title.slice(0, 79)}…` : title,
    ending: "softmax",
    called: (model) => namesOf(groups, members(groups, model), model),
    build(op, model) {
      if (model.ending === "sigmoid") {
        const expected = "expected a model whose probabilities add up to 1, got one with a sigmoid for each class";
        throw new FoveaError("bad-input", `classes in groups: ${expected}`);
      }
      const { scores } = appendScores(op, model);
      const { grouped, others } = members(groups, model);
      const take = (classes: readonly number[]) => op.Gather(scores, op.ints([...classes]), { axis: 1 });
      const { temperature = 1 } = model.card;
      // At its temperature, so that the probability of a group is the sum of its classes'.
      const scale = (value: Value, factor: number) => (factor === 1 ? value : op.Mul(value, op.scalar(factor)));
      const sum = (value: Value) => op.ReduceLogSumExp(value, op.ints([1]), { keepdims: 1 });
      const columns = grouped.map((classes) =>
        classes.length === 1 ? take(classes) : scale(sum(scale(take(classes), 1 / temperature)), temperature),
      );
      return op.Concat(...columns, ...(others.length > 0 ? [take(others)] : []), { axis: 1 });
    },
  };
}

export const classGroupsKind = {
  name: "class-groups",
  does: "Shows which regions raise the score of several classes that are taken for one.",
  create: classGroups,
} as const satisfies TargetKind<ClassGroupsOptions>;

/** The classes of each group, and those of none, as indices. */
interface Members {
  readonly grouped: readonly (readonly number[])[];
  readonly others: readonly number[];
}

function members(groups: readonly ClassGroup[], model: Model): Members {
  if (model.classCount === undefined) {
    throw new FoveaError(
      "bad-input",
      "classes in groups: expected a model that says how many classes it has, got another",
    );
  }
  const groupOf = new Map<number, string>();
  const grouped = groups.map(({ name, classes }) => {
    const indices = [...new Set(classes.flatMap((each) => classIndices(model, each)))];
    for (const index of indices) {
      const other = groupOf.get(index);
      if (other !== undefined) {
        const got = `${other} and ${name}`;
        throw new FoveaError(
          "bad-input",
          `class ${className(model, index)} (${index}): expected one group, got ${got}`,
        );
      }
      groupOf.set(index, name);
    }
    if (indices.length === 0) throw new FoveaError("bad-input", `group ${name}: expected classes, got none`);
    return indices;
  });
  const all = Array.from({ length: model.classCount }, (_, index) => index);
  return { grouped, others: all.filter((index) => !groupOf.has(index)) };
}

function namesOf(groups: readonly ClassGroup[], { grouped, others }: Members, model: Model): TermedClasses {
  const columns = [...grouped, ...others.map((index) => [index])];
  const columnOf = new Map(columns.flatMap((classes, column) => classes.map((index) => [index, column] as const)));
  const own = groups.flatMap(({ terms = [] }, i) => terms.map((term): ClassTerm => ({ term, indices: [i] })));
  // A term of the model stays where all that it covers is in columns of its own.
  const kept = (model.classTerms ?? []).flatMap(({ term, name, indices }): ClassTerm[] => {
    const moved = [...new Set(indices.map((index) => columnOf.get(index) ?? -1))];
    const covered = moved.reduce((sum, column) => sum + (columns[column]?.length ?? 0), 0);
    return covered === indices.length ? [{ term, name: moved.length > 1 ? name : undefined, indices: moved }] : [];
  });
  return {
    classes: [...groups.map(({ name }) => name), ...others.map((index) => className(model, index))],
    terms: [...own, ...kept],
    notes: groups.map(({ name }, i) => {
      const classes = at(grouped, i);
      const shown = classes.slice(0, 3).map((index) => className(model, index));
      const more = classes.length > shown.length ? `; ... (${classes.length} classes)` : "";
      return `${name} stands for ${shown.join("; ")}${more}`;
    }),
  };
}
