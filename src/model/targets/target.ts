/** @file A target: the scores that are explained in the place of a model's class scores. */

import { badInput, checkMethod } from "../../foundation/check.js";
import { FoveaError } from "../../foundation/error.js";
import { Builder } from "../../onnx/builder.js";
import { copyGraph, type Dim, dimsOf, type Graph, readsOf, type Value } from "../../onnx/graph.js";
import { prune } from "../../onnx/prune.js";
import { inferTypes, settleSizes } from "../../runtime/infer-types.js";
import type { Runtime } from "../../runtime/session.js";
import type { TermedClasses } from "../classes/find-classes.js";
import type { Model } from "../model.js";

/** Scores to be explained, of which one is chosen as a class is. */
export interface Target {
  /** For people. */
  readonly title: string;
  /**
   * Appends scores [N, K], of any values of the network; K is 1 for a single number.
   * @param op its graph holds the model's values, under their names
   */
  readonly build: (op: Builder, model: Model) => Value;
  /** Numbers that rank the scores and are told in the place of probabilities. Default: the scores have none. */
  readonly shares?: Shares;
  /** Names of the K scores. Default: the model's class names, or those of its places, where there are K. */
  readonly classes?: readonly string[];
  /** In the place of `classes`: names of the scores from those of the model's classes. */
  readonly called?: (model: Model) => TermedClasses;
  /** How probabilities are made of the scores. Default: as the model's are, or not at all where the scores are not of its classes. */
  readonly ending?: Model["ending"];
}

/** Numbers from 0 to 1, one for each of K scores. */
export interface Shares {
  /** What they are of, e.g. "of the image". */
  readonly of: string;
  /** Appends them, [N, K]. */
  readonly build: Target["build"];
}

/** A way to make targets, as the table of targets holds it. */
export interface TargetKind<Options> {
  /** In kebab-case. */
  readonly name: string;
  /** One sentence for people. */
  readonly does: string;
  create(options: Options): Target;
}

/**
 * The model with other scores, for all methods: the network's computation stays, and the target is explained.
 * @throws FoveaError `shape-mismatch` for a target that is not [N, K], `bad-input` for another number than the user has names
 *   for, and the target's errors
 */
export async function withTarget(model: Model, target: Target, runtime: Runtime): Promise<Model> {
  checkMethod("target", "an object with a title and build", target, "build");
  if (target === undefined) throw badInput("target", "one", target);
  const op = new Builder(copyGraph(model.graph), "target");
  const scores = op.named(op.fresh("scores"), target.build(op, model));
  const shares = target.shares && op.named(op.fresh("shares"), target.shares.build(op, model));
  const outputs = [...model.graph.outputs.map(({ name }) => name), scores, ...(shares === undefined ? [] : [shares])];
  const reads = new Set(op.graph.nodes.slice(model.graph.nodes.length).flatMap(readsOf));
  const graph = await typed(prune(op.graph, outputs), model, runtime);
  const size = scoreCount(graph, scores, target);
  const count = typeof size === "number" ? size : model.classCount;
  const { classes: _, ...card } = model.card;
  const called = target.called?.(model);
  const classes = called?.classes ?? scoreNames(model, target, count);
  const ownEnding = target.classes || count !== model.classCount ? "none" : model.ending;
  return {
    ...model,
    graph,
    scores,
    target: target.title,
    readFrom: [...(model.readFrom ?? []), ...[model.scores, ...outputs].filter((value) => reads.has(value))],
    ending: target.ending ?? ownEnding,
    probabilities: shares,
    shareOf: target.shares?.of,
    oneScore: false,
    classCount: count,
    classTerms: called ? called.terms : classes === model.card.classes ? model.classTerms : undefined,
    notes: [...model.notes, ...(called?.notes ?? [])],
    card: classes ? { ...card, classes } : card,
  };
}

/** The graph with the types of the model's own values, which are known better than by inference alone, and of the target's. */
async function typed(graph: Graph, model: Model, runtime: Runtime): Promise<Graph> {
  const inferred = await inferTypes(graph, runtime);
  const known = [...model.graph.types].filter(([name]) => inferred.types.has(name));
  return settleSizes({ ...inferred, types: new Map([...inferred.types, ...known]) }, runtime);
}

/** K of scores [N, K]. */
function scoreCount(graph: Graph, scores: Value, { title }: Target): Dim {
  const dims = dimsOf(graph, scores);
  if (dims?.length === 2 && dims[1] !== undefined) return dims[1];
  throw new FoveaError("shape-mismatch", `${title}: expected scores [N, K], got [${dims?.join(", ") ?? "?"}]`);
}

function scoreNames(
  { card, placeClasses, classesOrigin, given }: Model,
  { title, classes }: Target,
  count: number | undefined,
): readonly string[] | undefined {
  const names = classes ?? [card.classes, placeClasses].find((list) => list?.length === count);
  if (names !== undefined || placeClasses === undefined || classesOrigin !== given?.origin) return names;
  throw new FoveaError(
    "bad-input",
    `${title}: expected as many scores as class names, ${placeClasses.length}, got ${count}`,
  );
}

/** Whether the scores are a target's, which a softmax cannot turn into probabilities. */
export function areOwnScores({ target, ending, probabilities }: Model): boolean {
  return target !== undefined && ending === "none" && probabilities === undefined;
}
