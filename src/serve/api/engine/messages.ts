/** @file What the server and its workers tell each other: plain data, numbers and bytes. */

import type { Abilities } from "../../../child/answer-parent.js";
import type { LoadModelOptions } from "../../../explain/loaded-model.js";
import type { ErrorCode } from "../../../foundation/error.js";
import type { Box } from "../../../image/picture/resize.js";
import type { Value } from "../../../onnx/graph.js";
import type { NodeDevice } from "../../../runtime/devices/device.js";
import type { PlainTensor } from "../../../runtime/isolated/plain-tensor.js";

/** How a model is opened, without what other processes cannot have. */
export interface PlainLoadOptions
  extends Pick<LoadModelOptions, "labels" | "output" | "task" | "texts" | "preprocessing"> {
  readonly inputs?: Readonly<Record<Value, PlainTensor>>;
}

/** A model that a worker opens. */
export interface ModelPlan {
  readonly name: string;
  readonly file: string;
  readonly options: PlainLoadOptions;
}

export interface OpenRequest {
  readonly models: readonly ModelPlan[];
  readonly threads: number | undefined;
  readonly device: NodeDevice;
  /** Images of more are refused before they are decoded. */
  readonly maxPixels: number;
}

/** What clients are told about a model. */
export interface ModelFacts {
  readonly name: string;
  /** Its own input, float32; -1 for a size that is open. */
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  /** Whether image files can be made into its input. */
  readonly takesImages: boolean;
  /** -1 where neither the file nor a list of names says it. */
  readonly classCount: number;
  /** Where its settings come from, in words: how images become its input, and the names of its classes. */
  readonly properties: Readonly<Record<string, string>>;
  /** What was assumed about it, and oddities of its file, a sentence each. */
  readonly notes: readonly string[];
}

/** One image of a request: a file, or one row of the model's own input. */
export type EngineImage = { readonly file: Uint8Array } | { readonly tensor: PlainTensor };

/** What is asked for, the same for all images that share a run. */
export interface Job {
  /** The name of the model. */
  readonly model: string;
  /** Undefined for scores alone. */
  readonly explain: ExplainChoice | undefined;
}

/** Classes, layer, method and map, as the options of `fovea explain` are written. */
export interface ExplainChoice {
  readonly classes: readonly string[];
  readonly layer: string;
  readonly method: string;
  readonly against: boolean;
  readonly signed: boolean;
  /** Also the map over the image, as PNG. */
  readonly overlay: boolean;
}

export interface RunRequest extends Job {
  readonly images: readonly EngineImage[];
  /** When nobody waits any more, in milliseconds since 1970. */
  readonly until: number;
}

/** Why an image got no result; its sentence does not say which image it was. */
export interface Refused {
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

export interface ClassAnswer {
  readonly index: number;
  readonly label: string;
  readonly score: number;
  readonly probability: number;
}

/** The result of an image, of scores alone and of an explanation. */
export interface Scored {
  readonly predicted: ClassAnswer;
  readonly scores: Float32Array;
  readonly probabilities: Float32Array;
  readonly explanation?: ExplainedImage;
}

export interface ExplainedImage {
  readonly layer: string;
  readonly method: string;
  /** Size of the image as it is shown, upright; undefined for a tensor. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** The part of the image that the maps cover; undefined for a tensor. */
  readonly box: Box | undefined;
  readonly maps: readonly ExplainedClass[];
}

export interface ExplainedClass extends ClassAnswer {
  /** Rows and columns of a picture's map; other inputs have other axes. */
  readonly sizes: readonly number[];
  readonly values: Float32Array;
  /** Why the map cannot be read; undefined where it can. */
  readonly note: string | undefined;
  readonly overlay: Uint8Array | undefined;
}

/** What is told meanwhile about the device, in sentences. */
interface Told {
  readonly told: readonly string[];
}

/** What a worker can do. */
export interface Engine extends Abilities {
  /** @throws FoveaError as `loadModel` does */
  open(request: OpenRequest): Promise<{ readonly facts: ModelFacts[] } & Told>;
  /** Results in the order of the images. @throws FoveaError for what is wrong with all of them */
  run(request: RunRequest): Promise<{ readonly results: (Scored | Refused)[] } & Told>;
}
