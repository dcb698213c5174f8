/** @file How a task is recognised: the form of the table's entries. */

import type { Graph, Value, ValueInfo } from "../../onnx/graph.js";
import type { Task, TaskName } from "./found-task.js";

/** What a task is recognised by. */
export interface TaskFacts {
  readonly graph: Graph;
  readonly input: ValueInfo;
  /** The output that was chosen for its scores. */
  readonly output: Value;
  /** The activation that this output ends with. */
  readonly ending: "softmax" | "log-softmax" | "sigmoid" | "none";
  /** How many classes are known by name, by different sources. */
  readonly counts: readonly number[];
  /** Inputs besides the image whose values nobody gave, so that usual ones stand there. */
  readonly assumed: readonly Value[];
  /** The user or the file's metadata says that it is this task: what the outputs are called need not tell it. */
  readonly isSaid: boolean;
}

/** A way to recognise a task, as the table of tasks holds it. */
export interface TaskKind<Found extends Task = Task> {
  readonly name: TaskName & Found["name"];
  /** One sentence for people. */
  readonly does: string;
  /** What a model of this task would say of itself, for the sentence that none was recognised. */
  readonly expects: string;
  /** The task with its facts, where the outputs are of this kind. */
  find(facts: TaskFacts): Found | undefined;
}
