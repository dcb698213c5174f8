/** @file The types of methods: nodes that turn activations and gradients, samples, or passes under masks into a map. */

import type { DifferentiateOptions } from "../autodiff/differentiate.js";
import type { Random } from "../foundation/random.js";
import type { Superpixels } from "../image/superpixels/connect.js";
import { type BaselineName, hidingNames, wayStarts } from "../model/input/baseline-names.js";
import type { Layer } from "../model/layers/layer.js";
import type { Model } from "../model/model.js";
import type { Attributes, Builder } from "../onnx/builder.js";
import type { Dim, Value, ValueInfo } from "../onnx/graph.js";
import type { Tensor } from "../onnx/tensor.js";

/** The scores to explain, and the gradient that arrives there. */
export interface ScoreToExplain {
  /** Class scores [N, classes]. */
  readonly scores: Value;
  /** ∂y/∂scores, [N, classes]: for the score of a class, one at the class. */
  readonly seed: Value;
  /** The class of each image, int64 [N]. */
  readonly classes: Value;
}

/**
 * Values that a method may ask for; those that it does not ask for are not computed. Of a signal or a volume the planes hold the
 * places as `planeSizes` says, and the map gets its own axes behind the method.
 */
export interface CamInputs extends ScoreToExplain {
  /** y, [N]. */
  readonly score: Value;
  readonly model: Model;
  readonly layer: Layer;
  /** The network's input as planes, [N, C, H, W]. */
  readonly image: Value;
  /** Activations A of the layer, [N, C, H, W]; for a method that explains pixels the image. */
  readonly activation: Value;
  /** ∂y/∂A, of the same shape. */
  readonly gradient: Value;
  /**
   * ∂y/∂v of any values, each in its own layout; with `of` (and `seed`) of another value than the score.
   * @throws FoveaError `unsupported-operator`
   */
  readonly gradientsOf: (values: readonly Value[], options?: Partial<DifferentiateOptions>) => readonly Value[];
  /** As `gradientsOf`, of one value. */
  readonly gradientOf: (value: Value, options?: Partial<DifferentiateOptions>) => Value;
  /** Brings a value of the layer's layout to [N, C, H, W]. */
  readonly asPlanes: (value: Value) => Value;
  /** Brings a value of the image's layout to [N, C, H, W]. */
  readonly imagePlanes: (value: Value) => Value;
  /** Resizes planes of a layer (default the explained one) to those of the image, linearly along each axis with half-pixel centres or as the attributes say. */
  readonly atImage: (planes: Value, layer?: Pick<Layer, "name" | "layout">, attributes?: Attributes) => Value;
  /** Of the explainer, for methods that draw random numbers. */
  readonly randomSeed: number;
}

/** The values that a method appends to the graph. */
export interface CamOutputs {
  /** The map before its final ReLU, [N, 1, H, W]. */
  readonly evidence: Value;
  /** The channel weights α, [N, C], where the method has them. */
  readonly weights?: Value;
  /** The attribution of every element, [N, C, H, W], of which the evidence is a sum over channels, or their largest magnitude. */
  readonly attribution?: Value;
  /** All of the attribution by magnitude, [N], for a method whose evidence is a sum of terms that may cancel. */
  readonly magnitude?: Value;
  /**
   * Of a method whose weights average over places: the evidence without that average, [N, 1, H, W], each place by its own gradient;
   * zero where its terms cancel to rounding.
   */
  readonly exact?: Value;
  /** For a method that shares out a number: the attribution's sum, and the number that it should be, [N] both. */
  readonly completeness?: { readonly attributed: Value; readonly total: Value };
}

/** Kinds of methods that are listed together; `families` of `methods/families.ts` has their titles. */
export type FamilyName = "cam" | "pixels" | "relevance" | "perturbation" | "attention" | "baseline";

export interface Described {
  /** As it is written on the command line. */
  readonly name: string;
  readonly title: string;
  /** Other names that it is known by; how a name is spelt matters little (see `methodNamed`). Default none. */
  readonly aliases?: readonly string[];
  /** Where it was published. */
  readonly paper: string;
  /** Which models it works for, where it asks for more than its need of a gradient says. */
  readonly worksOn?: string;
  /** It explains nothing, and others are measured against it. */
  readonly baseline?: boolean;
  /** Which methods it is listed with. Default: by what it looks at, see `familyOf`. */
  readonly family?: FamilyName;
  /** Each place of the layer counts by its own gradient, so that evidence stays where it is. Default false. */
  readonly placeExact?: boolean;
  /** It never asks for the class: its map of an image is the same for all of them. Default false. */
  readonly classBlind?: boolean;
  /** It looks at a layer's activations (default), or the image itself. */
  readonly at?: "layer" | "image";
  /** Its maps have the image's resolution. Default: those of methods that look at the image. */
  readonly fine?: boolean;
  /** What a reader of its maps should know, as a sentence. Default nothing. */
  readonly note?: string;
  /** It still gives a map where Grad-CAM's gradient is lost in one of these ways. Default none. */
  readonly helpsAgainst?: readonly GradientLoss[];
  /** Limits when all methods are compared. Default none. */
  readonly quick?: QuickBudget;
  /** Other forms that it is known in and that draw another picture: methods of their own, which `methodNamed` finds. Default none. */
  readonly variants?: readonly Variant[];
}

/** What sets forms of one method apart, where they are described. */
export type Naming = Pick<Described, "name" | "title" | "aliases" | "variants">;

/** Another form of a method. */
export interface Variant {
  readonly method: CamMethod;
  /** Who has it so, and what differs from the method, as a clause: `the paper's: αₖ is ...`. */
  readonly says: string;
}

/**
 * The method's mean over positions cancels; so does its sum over channels; units are saturated; or an operator passes no
 * gradient.
 */
export type GradientLoss = "cancelled" | "normalised" | "saturated" | "blocked";

/** Enough for a look at a method's map; its users take more. */
export interface QuickBudget {
  readonly samples?: number;
  readonly topChannels?: number;
}

/** Every operator behind the layer must have a gradient. */
export interface GradientMethod extends Described {
  readonly needsGradient: true;
  readonly build: (op: Builder, inputs: CamInputs) => CamOutputs;
}

/** Works for every model, quantised ones included. */
export interface ActivationMethod extends Described {
  readonly needsGradient: false;
  readonly build: (op: Builder, inputs: Omit<CamInputs, "gradient" | "gradientsOf" | "gradientOf">) => CamOutputs;
}

/** A method that is one graph. */
export type GraphMethod = GradientMethod | ActivationMethod;

/** One input of the network: at · image + (1 - at) · baseline, where the image has noise on it if the method has some. */
export interface Sample<Sum extends string = string> {
  readonly at: number;
  /** In [0, 1): which of the baselines it is for, of a method that draws one for each sample. Default: it is for each of them. */
  readonly start?: number;
  /** The weight in each sum, by the sum's name. */
  readonly weights: Readonly<Record<Sum, number>>;
}

/**
 * Runs many versions of the image, and sums up their results.
 * @typeParam Sum names of the sums
 */
export interface SampledMethod<Sum extends string = string> extends Described {
  readonly needsGradient: true;
  /** How many samples, if the user does not say. */
  readonly samples: number;
  /**
   * Standard deviation of the normal noise that the image of each sample gets, relative to the range of the image's values, if the user
   * does not say. Default: it takes no noise.
   */
  readonly noise?: number;
  /**
   * Where the way to the image begins that its samples lie on, if the user does not say; zero for an input that is no picture. Default:
   * they lie on none.
   */
  readonly start?: BaselineName;
  /** As many samples as the user said; random numbers are those of `source`. */
  readonly sampling: (count: number, source: Random) => readonly Sample<Sum>[];
  /** The summands, [N, ...] of the samples' images, by name; or the one sum, where it is linear in the gradients at the image. */
  readonly each: ((op: Builder, inputs: CamInputs, way: Way) => Readonly<Record<Sum, Value>>) | GradientSum<Sum>;
  /** Turns the sums into the map; `inputs` are those of the image as it is. */
  combine(op: Builder, inputs: CamInputs, summed: Summed<Sum>): CamOutputs;
}

/** The sum of the gradients at the image, planes [N, C, H, W]. It is taken behind the network's first layers where these are affine. */
export interface GradientSum<Sum extends string = string> {
  readonly sum: Sum;
  /** Whether each is multiplied with its sample's distance, as `Way` has it. */
  readonly timesDistance: boolean;
}

/** The way to the image that samples lie on. */
export interface Way {
  /** The image less the baseline, of each sample, planes [N, C, H, W]. */
  readonly distance: () => Value;
}

export interface Summed<Sum extends string = string> {
  /** By name, [N, ...]; the mean over the ways where there are several. */
  readonly sums: Readonly<Record<Sum, Value>>;
  /** How much higher the score is for the image than for the baseline, [N], in the mean over the ways; takes a run of the network for each, if it is asked for. */
  readonly rise: () => Value;
}

/**
 * Runs the network on the image many times, each time with something masked, and makes the map of the scores. It needs no
 * gradient and works for every model, quantised ones included; it costs as many inferences as there are passes, or as
 * many runs of the part behind the layer.
 */
export interface PassMethod extends Described {
  readonly needsGradient: false;
  /** The masks are multiplied with the image, or with the layer's channels; for these only the part behind the layer is run. */
  readonly masks: "image" | "channels";
  /** Each pass measures the class's score before softmax, or its probability; of targets that are no class always the score. */
  readonly measures: "score" | "probability";
  /** How many samples or steps there are if the user does not say; undefined where the method has none. */
  readonly samples?: number;
  /** About how many superpixels there are if the user does not say; undefined where the method has none. */
  readonly superpixels?: number;
  /** What stands where superpixels are hidden, if the user does not say. Default: the zero of the network's input, and no choice. */
  readonly hidden?: BaselineName;
  /** The evidence is a sum over passes: that of each batch is added to that of the batches before. Default false. */
  readonly additive?: boolean;
  /** Says which passes an image takes. */
  readonly plan: (subject: PassSubject) => PassPlan;
  /**
   * Appends the masks of a batch of b passes: [b, 1, ...places] for the image, [b, C] for channels. What is multiplied by
   * zero is gone: an image's pixel becomes the zero of the network's input, which is the mean colour where the
   * preprocessing subtracts one and black elsewhere.
   */
  readonly mask: (op: Builder, inputs: MaskInputs) => Value;
  /** Appends evidence of K classes, [K, 1, ...] with axes of the places of its own if it looks at the image, else planes; and weights [K, C]. */
  readonly combine: (op: Builder, inputs: CombineInputs) => CamOutputs;
}

/** One image, as far as it decides about passes. */
export interface PassSubject {
  /** The layer's channels that are looked at, in the order of their activation; none for a method that looks at the image. */
  readonly channels: readonly number[];
  /** Of the masked value's places: rows and columns of a picture. */
  readonly sizes: readonly number[];
  /** As the user or else the method says; 1 where it has none. */
  readonly samples: number;
  /** The image's superpixels, about as many as the user or else the method says. */
  readonly superpixels: () => Superpixels;
  /** Of random numbers; each image gets the same ones. */
  readonly seed: number;
}

/** Tensors that masks are made from; names are those that `mask` and `combine` ask for. */
export interface PassPlan {
  /** How many passes. */
  readonly count: number;
  /** A row for each pass, [count, ...]. */
  readonly rows: Readonly<Record<string, Tensor>>;
  /** The same for all passes. */
  readonly shared?: Readonly<Record<string, Tensor>>;
}

export interface MaskInputs {
  /** Activations A of the layer, planes [1, C, h, w]; for a method that looks at the image the image. */
  readonly activation: Value;
  /** The number of axes that the masked value's places have: 2 of a picture. */
  readonly axes: number;
  /** Sizes of the masked value's places, int64 [axes]. */
  readonly size: Value;
  /** Brings planes of the layer, [b, K, h, w], to the masked value's places, [b, K, ...]. */
  readonly resized: (planes: Value, attributes: Attributes) => Value;
  /** The plan's tensor of that name; of rows those of the batch. */
  readonly planned: (name: string, type: ValueInfo["type"], dims: readonly Dim[]) => Value;
}

export interface CombineInputs extends MaskInputs {
  /** The measured scores or probabilities, [K, passes]; for an additive method of one batch. */
  readonly values: Value;
  /** The same of the image as it is, [K, 1]. */
  readonly base: Value;
  /** The channels that are looked at, int64 [c]. */
  readonly channels: Value;
  readonly samples: number;
}

/** A method that makes maps: one graph, a sum over samples, or many masked runs. */
export type CamMethod = GraphMethod | SampledMethod | PassMethod;

/**
 * Parts of an explanation besides its maps: the activation and the gradient at the layer, and the attribution. This is the share
 * of each element that the map sums up (or takes the largest of), defined for all methods but those that make one number of all
 * channels.
 */
export type Included = "activation" | "gradient" | "attribution";

/** As many samples as a method may be asked for: many times what any paper takes. */
export const mostSamples = 100_000;
/** Of methods that differentiate each: the nodes of a quadrature take the square of their number to find. */
export const mostDifferentiated = 10_000;

/** The largest standard deviation of noise, in ranges of the image's values. */
export const mostNoise = 10;

/** As many superpixels as a method may be asked for: the equations of their weights take the cube of their number. */
export const mostSuperpixels = 500;

/** Name of the method that is used where none is chosen. */
export const defaultMethod = "grad-cam";

/** How a method that is `classBlind` is marked where it is listed. */
export const sameForAllClasses = "same map for all classes";

/** The title, marked where the method is `classBlind`. */
export function markedTitle({ title, classBlind }: Pick<Described, "title" | "classBlind">): string {
  return classBlind ? `${title} (${sameForAllClasses})` : title;
}

/**
 * The baselines that a user may choose among: where the way to the image begins that a method follows, or what it hides superpixels by.
 * None for other methods.
 */
export function baselinesOf(method: CamMethod): readonly BaselineName[] {
  if ("sampling" in method) return method.start === undefined ? [] : wayStarts;
  return isPassMethod(method) && method.hidden !== undefined ? hidingNames : [];
}

/** The baseline of a method where the user does not say, and the input is a picture. */
export function ownBaseline(method: CamMethod): BaselineName | undefined {
  if ("sampling" in method) return method.start;
  return isPassMethod(method) ? method.hidden : undefined;
}

/** Whether a method puts noise on the image, of which the user may say how much. */
export function takesNoise(method: CamMethod): boolean {
  return "sampling" in method && method.noise !== undefined;
}

/** Whether a method masks superpixels, of which the user may say how many. */
export function takesSuperpixels(method: CamMethod): boolean {
  return isPassMethod(method) && method.superpixels !== undefined;
}

/** Whether a method's maps have the image's places, not those of a layer. */
export function isFine({ at, fine = at === "image" }: CamMethod): boolean {
  return fine;
}

/** Whether a method runs the network on many masked versions of the image. */
export function isPassMethod(method: CamMethod): method is PassMethod {
  return "plan" in method;
}
