/** @file One step on the way from a file to a model. */

import type { Value } from "../../onnx/graph.js";
import type { ReadExternal } from "../../onnx/read/external-data.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import type { Model } from "../model.js";
import type { Sidecar } from "../settings/sidecar.js";
import type { TaskName } from "../tasks/found-task.js";
import type { TextQuestion } from "../texts/text-options.js";

/** Settings of a model besides its file. */
export interface OpenModelOptions {
  /** Settings from files beside the model; the model's own metadata wins over them. Default none. */
  readonly beside?: Sidecar | undefined;
  /** Settings from the user, which win over all others. Default none. */
  readonly given?: Sidecar | undefined;
  /** Reads the files that the model keeps weights in. Default: such a model is refused. */
  readonly external?: ReadExternal | undefined;
  /** Values of further inputs by name, which become constants of the model. Default none. */
  readonly inputs?: Readonly<Record<Value, Tensor>> | undefined;
  /** Texts that the image is compared with; they become the classes. Default none. */
  readonly texts?: TextQuestion | undefined;
  /** Name of the output that holds the class scores. Default: the first that is [N, classes], else the first. */
  readonly output?: Value | undefined;
  /** What the network is for. Default: what its outputs look like. */
  readonly task?: TaskName | undefined;
}

export interface PassContext {
  /** How errors name the file. */
  readonly where: string;
  readonly runtime: Runtime;
  readonly options: OpenModelOptions;
}

/** A model while it is opened: the fields that passes have filled in so far. */
export type Draft = Partial<Model>;

/** One step, as the list of passes holds it. */
export interface Pass {
  readonly name: string;
  /** One sentence for the table in the docs. */
  readonly does: string;
  /** Fields that earlier passes must have filled in. */
  readonly needs: readonly (keyof Model)[];
  /** Fields that it fills in or replaces, besides notes; none for a pass that only refuses. */
  readonly gives: readonly (keyof Model)[];
  apply(draft: Draft, context: PassContext): Promise<Draft>;
}

/** A pass before its fields are checked at run time: `apply` sees just the fields it needs and returns just those it gives. */
export interface PassDefinition<Needs extends keyof Model, Gives extends keyof Model> {
  readonly name: string;
  readonly does: string;
  readonly needs: readonly Needs[];
  readonly gives: readonly Gives[];
  apply(model: Pick<Model, Needs>, context: PassContext): Given<Gives> | Promise<Given<Gives>>;
}

/** What a pass fills in, and its notes, which join those of earlier passes. */
export type Given<Gives extends keyof Model> = Omit<Pick<Model, Gives>, "notes"> & Partial<Pick<Model, "notes">>;

/** A pass that checks its needs and adds its results to the draft. */
export function definePass<Needs extends keyof Model, Gives extends keyof Model>(
  definition: PassDefinition<Needs, Gives>,
): Pass {
  const { name, does, needs, gives } = definition;
  return {
    name,
    does,
    needs,
    gives,
    async apply(draft, context) {
      if (!hasFields(draft, needs)) throw new Error(`internal: pass ${name} needs ${needs.join(", ")}`);
      const given = await definition.apply(draft, context);
      const { notes = [] } = draft;
      return { ...draft, ...given, notes: given.notes ? [...notes, ...given.notes] : notes };
    },
  };
}

/** Whether a draft holds these fields; undefined counts. */
export function hasFields<Field extends keyof Model>(
  draft: Draft,
  fields: readonly Field[],
): draft is Draft & Pick<Model, Field> {
  return fields.every((field) => field in draft);
}
