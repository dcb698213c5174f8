/** @file What a report is made from: plain data that survives a trip through JSON. */

import type { AttackOutcome, AttackSummary, Comparison, Evaluation, Prediction } from "../evaluate/index.js";

export interface ReportData {
  readonly title: string;
  /** When the work was done, printed as given. */
  readonly date: string;
  readonly data: DataReport;
  /** One column each, in this order; the improved network stands after the one it improves. */
  readonly models: readonly ModelReport[];
  /** What one model fixed and broke against another. Default: none. */
  readonly comparisons?: readonly ComparisonReport[];
  /** How the maps were made. Needed where any picture shows a map. */
  readonly maps?: MapsReport;
  /** Sentences of the caller's own for the summary, printed among the computed ones. Default: none. */
  readonly findings?: readonly string[];
  readonly reproduce: ReproduceReport;
}

/** A picture as a data URL, with its size in pixels. Small ones are enlarged without smoothing. */
export interface Picture {
  /** `data:image/png;base64,…`, also JPEG or WebP. */
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

export interface DataReport {
  readonly name: string;
  /** Where it came from, in words for people. */
  readonly source: string;
  readonly classes: readonly string[];
  /** How many images each part holds; a part that is not there is left out. */
  readonly counts: { readonly train?: number; readonly validation?: number; readonly test?: number };
  /** What an image is, e.g. `28 × 28 pixels, grey`. */
  readonly image: string;
  /** Which part the models are measured on. Default `test`. */
  readonly part?: "train" | "validation" | "test" | "all";
  /** A few pictures of each class. Default: none. */
  readonly samples?: readonly ClassSamples[];
}

export interface ClassSamples {
  /** Class index. */
  readonly label: number;
  readonly pictures: readonly Picture[];
}

export interface ModelReport {
  readonly name: string;
  /** What distinguishes it, in a sentence. */
  readonly description?: string;
  /** Trainable numbers in the network. */
  readonly parameters?: number;
  /** How it was trained. Left out for a network that came trained. */
  readonly training?: TrainingReport;
  /** Its layers from the input to the scores. */
  readonly layers?: readonly LayerReport[];
  readonly evaluation: Evaluation;
  /** The errors to show with pictures: as many of `evaluation.errors`, from the first on, as the report shall carry. */
  readonly errors?: readonly ErrorReport[];
  /** The mean map of each class over its correctly classified images. */
  readonly meanMaps?: readonly MeanMapReport[];
  /** What attacks do to it. Left out where none was tried. */
  readonly robustness?: RobustnessReport;
}

export interface RobustnessReport {
  /** E.g. `PGD with 10 steps`. */
  readonly attack: string;
  /** From the weakest attack on; `eps` is how far a pixel may move, the range of pixels being 1. */
  readonly levels: readonly { readonly eps: number; readonly summary: AttackSummary }[];
  /** Images whose prediction an attack changed, each with the weakest that did. */
  readonly examples: readonly AttackExample[];
}

export interface AttackExample {
  /** Position of the image in the data set. */
  readonly index: number;
  /** What the image is called. Default: its number. */
  readonly name?: string;
  readonly eps: number;
  readonly outcome: AttackOutcome;
  readonly image: Picture;
  /** What was added, amplified so that eps is from grey to black or white. */
  readonly perturbation: Picture;
  readonly attacked: Picture;
  /** Maps over the image and the attacked one, all drawn on one scale. */
  readonly maps: {
    /** Of the true class. */
    readonly before: Picture;
    readonly after: Picture;
    /** Of the class predicted after the attack. */
    readonly now: Picture;
    /** The map value that the last colour stands for. */
    readonly scale: number;
  };
}

export interface TrainingReport {
  readonly optimiser: string;
  /** E.g. `cosine from 0.001 to 0`. */
  readonly schedule?: string;
  readonly batchSize: number;
  readonly augmentation: string;
  readonly seed: number | string;
  readonly seconds: number;
  /** The epoch whose weights were kept, as in `history`. Default: the last. */
  readonly keptEpoch?: number;
  readonly history: readonly EpochReport[];
}

/** Figures after one epoch. Those that were not measured are left out. */
export interface EpochReport {
  /** Counted from 1. */
  readonly epoch: number;
  readonly learningRate?: number;
  readonly trainLoss?: number;
  readonly trainAccuracy?: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
}

export interface LayerReport {
  readonly name: string;
  /** The operator with what it needs to be told, e.g. `Conv 3×3`. */
  readonly operator: string;
  /** Shape of what it gives, without the batch: [channels, height, width] or [features]. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** True for the layer whose maps are shown. Default false. */
  readonly explained?: boolean;
}

export interface ErrorReport extends Prediction {
  /** What the image is called. Default: its number. */
  readonly name?: string;
  readonly image: Picture;
  /** The image, small, for lists. Default: the image. */
  readonly thumbnail?: Picture;
  readonly maps?: ErrorMaps;
  /** E.g. `The map for 4 is zero: …`. */
  readonly notes?: readonly string[];
}

/** Maps laid over an image, all drawn on one scale. */
export interface ErrorMaps {
  /** Map of the predicted class, 0 to `scale`. */
  readonly predicted: Picture;
  /** Map of the true class, 0 to `scale`. */
  readonly truth: Picture;
  /** Predicted minus true, -`scale` to `scale`. */
  readonly difference: Picture;
  /** The map value that the last colour stands for. */
  readonly scale: number;
}

export interface MeanMapReport {
  /** Class index. */
  readonly label: number;
  /** Images averaged. */
  readonly count: number;
  readonly picture: Picture;
  /** The map value that the last colour stands for. */
  readonly scale: number;
}

export interface MapsReport {
  /** E.g. `Grad-CAM`. */
  readonly method: string;
  /** Colours from 0 to the scale. */
  readonly colours: ColourScale;
  /** Colours from -scale over 0 to the scale. */
  readonly differenceColours: ColourScale;
}

export interface ColourScale {
  readonly name: string;
  /** Evenly spaced colours, as `#rrggbb` or `rgb(r, g, b)`; at least 2. */
  readonly stops: readonly string[];
}

export interface ComparisonReport {
  /** Index in `models` of the model compared against. */
  readonly before: number;
  /** Index in `models` of the model that changed it. */
  readonly after: number;
  readonly result: Comparison;
  /** The images of `result.fixed` to show. */
  readonly fixed: readonly ChangeReport[];
  /** The images of `result.broken` to show. */
  readonly broken: readonly ChangeReport[];
}

/** An image that two models classified differently. */
export interface ChangeReport {
  readonly index: number;
  /** What the image is called. Default: its number. */
  readonly name?: string;
  readonly label: number;
  readonly image: Picture;
  readonly before: ChangeSide;
  readonly after: ChangeSide;
}

export interface ChangeSide {
  readonly predicted: number;
  readonly confidence: number;
  /** Map of the predicted class over the image, from 0 to its own largest value. */
  readonly map?: Picture;
  /** That largest value; at 0 the map is blank, and said to be. Default: not known. */
  readonly scale?: number;
}

export interface ReproduceReport {
  /** Exact commands, in order. */
  readonly commands: readonly string[];
  readonly seed: number | string;
  readonly versions: readonly { readonly name: string; readonly version: string }[];
  /** E.g. on what the same seed gives the same numbers. Default: none. */
  readonly notes?: readonly string[];
}
