/** @file A classifier as explainers see it: one image input, class scores, and the facts about both. */

import type { Graph, Value, ValueInfo } from "../onnx/graph.js";
import type { Precision } from "../onnx/rewrite/precision.js";
import type { Tensor } from "../onnx/tensor.js";
import type { ModelCard } from "./card.js";
import type { ClassTerm } from "./classes/find-classes.js";
import type { RecipeTrial } from "./preprocessing/recipe-trial.js";
import type { Sidecar } from "./settings/sidecar.js";
import type { Task } from "./tasks/found-task.js";

/** A classifier that was opened: its graph, input, classes and preprocessing. */
export interface Model {
  /** With the types of all inner values. */
  readonly graph: Graph;
  /** Always float32 and with a batch, also where the file's own input is not. */
  readonly input: ValueInfo;
  /** The same as the file declares it: of any type of numbers, perhaps without a batch. */
  readonly fileInput: ValueInfo;
  /** What the network is for, as its outputs tell or the user says. */
  readonly task: Task;
  /** The value, mostly an output of the file, that holds the class scores. */
  readonly output: Value;
  /** The class scores before any final softmax or sigmoid. */
  readonly scores: Value;
  /** The activation that the file ends with; `none`: the file's output is the scores themselves. */
  readonly ending: "softmax" | "log-softmax" | "sigmoid" | "none";
  /** The file's own probabilities of the classes, 0 to 1, where the ending alone does not make them of the scores; else undefined. */
  readonly probabilities: Value | undefined;
  /** The file gives one score with a sigmoid: it is that of class 1, and negated that of class 0. */
  readonly oneScore: boolean;
  /** The number of classes; undefined where neither the file nor a list of names says it. */
  readonly classCount: number | undefined;
  /** Classes, preprocessing and provenance; class names come from the best source there is (see `findClassNames`). */
  readonly card: ModelCard;
  /** The source of the class names, for people; undefined for a model without names. */
  readonly classesOrigin: string | undefined;
  /** What classes are called besides their names: WordNet's ids and synonyms of ImageNet's; undefined where there is nothing. */
  readonly classTerms?: readonly ClassTerm[] | undefined;
  /** Class names of scores with places, [N, classes, ...]: a name for each class of one place (see `withTarget`). */
  readonly placeClasses?: readonly string[] | undefined;
  /** Settings from files beside the model. */
  readonly beside: Sidecar | undefined;
  /** Settings from the user, which win over all others. */
  readonly given: Sidecar | undefined;
  /** Values of the file's other inputs, which are constants of `graph`. */
  readonly constants: Readonly<Record<Value, Tensor>>;
  /** The floating type that the file computes in; `graph` computes in float32. */
  readonly precision: Precision;
  /**
   * Whether the file takes one image at a time. Its graph was then rewritten for any number where that seemed possible
   * (the input's first size is symbolic), which has to be verified before it is relied on.
   */
  readonly oneByOne: boolean;
  /** What its user should know: oddities of the file and what was assumed about it, a plain sentence each. Of pixels see `preprocessingOf`. */
  readonly notes: readonly string[];
  /** Where the preprocessing is assumed: what a trial of the usual recipes found (see `tryRecipes`). */
  readonly trial?: RecipeTrial;
  /** The title of the target, where the scores are a target's (see `withTarget`). */
  readonly target?: string | undefined;
  /** What the probabilities are, where they are shares of something else, e.g. "of the image". */
  readonly shareOf?: string | undefined;
  /** Of a target: the model's own scores and outputs that it reads. */
  readonly readFrom?: readonly Value[];
}
