/** @file The passes that count the classes and name them. */

import { FoveaError } from "../../foundation/error.js";
import { dimsOf, type Graph, staticDims, type Value } from "../../onnx/graph.js";
import { sizeOf } from "../../onnx/tensor.js";
import { findClassNames } from "../class-names.js";
import type { Task } from "../tasks/found-task.js";
import { definePass } from "./pass.js";

export const countClasses = definePass({
  name: "count-classes",
  does: "Counts the classes: as many as there are scores, two for a single score with a sigmoid.",
  needs: ["graph", "scores", "ending"],
  gives: ["oneScore", "classCount"],
  apply({ graph, scores, ending }) {
    const count = scoreCount(graph, scores);
    const oneScore = ending === "sigmoid" && count === 1;
    return { oneScore, classCount: oneScore ? 2 : count };
  },
});

export const nameClasses = definePass({
  name: "name-classes",
  does: "Takes class names from the user, the file, files beside it or ImageNet, in this order, and refuses a wrong number of the first two.",
  needs: ["graph", "scores", "card", "classCount", "task", "beside", "given"],
  gives: ["card", "classCount", "classesOrigin", "classTerms", "placeClasses"],
  async apply({ graph, scores, card, classCount, task, beside, given }, { where }) {
    const sizes = scoreSizes(graph, scores);
    const perPlace = namesPerPlace(task, sizes);
    const fits = (names: number) =>
      classCount === undefined ||
      names === classCount ||
      (perPlace !== undefined && (perPlace.likely === undefined || names === perPlace.likely));
    const { classes, terms, origin, notes = [] } = await findClassNames(card, { beside, given }, classCount, fits);
    const count = classCount ?? classes?.length;
    const { classes: _, ...unnamed } = card;
    const facts = {
      ...{ classCount: count, classesOrigin: origin, classTerms: undefined, placeClasses: undefined },
      notes,
    };
    if (classes === undefined) return { ...facts, card: unnamed };
    if (classes.length === count) return { ...facts, classTerms: terms, card: { ...unnamed, classes } };
    const must = perPlace?.must ?? classes.length;
    if (perPlace && classes.length === must) return { ...facts, card: unnamed, placeClasses: classes };
    throw new FoveaError(
      "bad-file",
      `${where}: class names ${origin}: expected ${perPlace?.must ?? count}, got ${classes.length}`,
    );
  },
});

/** How many names one place has, box or segment, of which an image has several; undefined for a model of the whole image. */
function namesPerPlace(task: Task, [first, ...places]: readonly number[]): NamesPerPlace | undefined {
  if (task.name === "detection" || task.name === "segmentation")
    return { likely: task.classCount, must: task.classCount };
  return sizeOf(places) > 1 ? { likely: first, must: undefined } : undefined;
}

interface NamesPerPlace {
  /** Names that are found, not given, are taken where they are so many. Undefined: any number. */
  readonly likely: number | undefined;
  /** Any other number is refused. Undefined: none is. */
  readonly must: number | undefined;
}

/** How many scores an image has; undefined where the graph does not tell. */
function scoreCount(graph: Graph, scores: Value): number | undefined {
  const sizes = scoreSizes(graph, scores);
  if (sizes.length > 0) return sizeOf(sizes);
  return dimsOf(graph, scores)?.length === 1 ? 1 : undefined;
}

/** Sizes of the scores behind the batch; none where any of them is open. */
function scoreSizes(graph: Graph, scores: Value): readonly number[] {
  return staticDims(dimsOf(graph, scores)?.slice(1)) ?? [];
}
