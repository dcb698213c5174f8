/** @file The data that a report is made from: plain, the same after a trip through JSON. */

import type { AttackOutcome, AttackSummary } from "../evaluate/attack/attack-study.js";
import type { Comparison } from "../evaluate/classifier/compare-classifiers.js";
import type { Evaluation } from "../evaluate/classifier/evaluate-classifier.js";
import type { Prediction } from "../evaluate/classifier/predictions.js";
import type { Metric } from "../evaluate/metrics/metric.js";
import type { ClassSensitivity } from "../evaluate/sanity/class-sensitivity.js";
import type { Proportion } from "../evaluate/statistics/proportion.js";
import type { TrustSummary } from "../evaluate/studies/trust-summary.js";
import type { DataReport } from "./data-report.js";
import type { ImprovementReport } from "./improvement-data.js";
import type { ColourScale, Picture } from "./picture.js";

export type { ClassSamples, DataReport } from "./data-report.js";
export type { ColourScale, Picture } from "./picture.js";

/** All that a report shows, as plain data. */
export interface ReportData {
  readonly title: string;
  /** When the work was done, printed as given. */
  readonly date: string;
  readonly data: DataReport;
  /** One column each, in this order; the improved network stands after the one it improves. */
  readonly models: readonly ModelReport[];
  /** Images that one model fixed and broke against another. Default: none. */
  readonly comparisons?: readonly ComparisonReport[];
  /** How the maps were made. Needed where any picture shows a map. */
  readonly maps?: MapsReport;
  /** Sentences of the caller's own for the summary, printed among the computed ones. Default: none. */
  readonly findings?: readonly string[];
  /** How models and data are called on a command line, without folders; for the commands that are proposed. Default: placeholders. */
  readonly names?: { readonly models: readonly string[]; readonly data: string };
  /** What `fovea improve` found, verified, repaired and proved. Left out where it was not run. */
  readonly improvement?: ImprovementReport;
  readonly reproduce: ReproduceReport;
}

export interface ModelReport {
  readonly name: string;
  /** Tells it from the others, in a sentence. */
  readonly description?: string;
  /** Trainable numbers in the network. */
  readonly parameters?: number;
  /** How it was trained. Left out for a network that came trained. */
  readonly training?: TrainingReport;
  /** Its layers from the input to the scores. */
  readonly layers?: readonly LayerReport[];
  readonly evaluation: Evaluation;
  /** Left out where there are too few images, and where no softmax makes the probabilities. */
  readonly confidence?: ConfidenceReport;
  /** The errors to show with pictures: as many of `evaluation.errors`, from the first on, as the report shall carry. */
  readonly errors?: readonly ErrorReport[];
  /** The mean map of each class over its correctly classified images. */
  readonly meanMaps?: readonly MeanMapReport[];
  /** Where its mean maps, and all that is computed from maps of many images, are those of another method than is drawn for single images. */
  readonly agreement?: AgreementReport;
  /** Where its evidence lies, and whether its predictions change without it. */
  readonly bias?: BiasReport;
  /** Errors that look alike by where the model looked, the largest group first: of the 500 most confident errors at most. */
  readonly errorGroups?: readonly ErrorGroup[];
  /** How far its maps can be trusted. Left out where that was not measured. */
  readonly trust?: TrustReport;
  /** Its accuracy and maps under attack. Left out where none was tried. */
  readonly robustness?: RobustnessReport;
}

/** What a temperature would make of a model's confidence (Guo et al., 2017). */
export interface ConfidenceReport {
  /** Fitted on the images of the report. */
  readonly temperature: number;
  /** Expected calibration error as the model is. */
  readonly error: number;
  /** At temperatures fitted on the other half of the images each. */
  readonly scaledError: number;
  /** Labels that the model contradicts at that temperature; left out where it is too far off even there. */
  readonly doubted?: DoubtedLabels;
  /** The model goes by a cue that was verified, so what it says of labels is not heeded. Default false. */
  readonly isMisled?: boolean;
}

/** Labels that confident learning doubts, before each is looked at more closely. */
export interface DoubtedLabels {
  readonly found: number;
  /** How many a model as sure as this one doubts on average where all labels are right. */
  readonly expected: number;
  /** The chance of as many or more if all labels were right; from 0.05 on none is shown. */
  readonly pValue: number;
}

/** Of the maps for the predicted class. */
export interface BiasReport {
  /** Over the correctly classified images: first over all of them, then over those of each class. */
  readonly regions: readonly RegionsReport[];
  /** Correctly classified images whose evidence lies elsewhere than it should, the farthest off first. */
  readonly astray: AstrayReport;
  /** How many predictions change when a part of the image is exchanged for what images of other classes have there. */
  readonly exchange?: ExchangeReport;
}

export interface RegionsReport {
  /** Class index; undefined for all classes. */
  readonly label?: number | undefined;
  /** The outer tenth of each side. */
  readonly border: RegionShare;
  /** A fifth of each side, four times. */
  readonly corners: RegionShare;
  /** Inside the boxes of objects; left out where no image has boxes. */
  readonly object?: RegionShare;
  /** The smallest part of the image that holds half of the evidence: `share` of its area, where a uniform map takes `even`. */
  readonly half?: RegionShare;
}

/** Mean share of a map's sum that lies in a region, over images. */
export interface RegionShare {
  /** Images that were averaged: those with a map that is not blank, and with the region. */
  readonly count: number;
  /** With its 95 % interval. */
  readonly share: Proportion;
  /** The share of a uniform map: one that is the same wherever the network looked. */
  readonly even: number;
}

export interface AstrayReport {
  /** The region by which the evidence is measured: the boxes where there are some, else the border. */
  readonly region: "object" | "border";
  readonly images: readonly AstrayImage[];
}

export interface AstrayImage {
  readonly index: number;
  /** The image's name. Default: its number. */
  readonly name?: string;
  readonly label: number;
  readonly confidence: number;
  /** Share of the evidence in the region, and that of a uniform map. */
  readonly share: number;
  readonly even: number;
  /** The map over the image. */
  readonly picture: Picture;
  /** The map value that the last colour stands for. */
  readonly scale: number;
  /** The object's boxes as parts of the picture's sides, 0 to 1. Default: none. */
  readonly boxes?: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

/** Exchange in the place of hiding: a blurred or emptied region keeps its colour, or is an image that no network was trained on. */
export interface ExchangeReport {
  /** Images that were tried: with a map that is not blank, and with donors of another class. */
  readonly count: number;
  /** The part of the image that is exchanged, 0 to 1. */
  readonly part: number;
  /** Donors of each image. */
  readonly donors: number;
  /** Share of exchanges that change the prediction, at the map's highest values. */
  readonly hottest: Proportion;
  /** The same in a region of the same shape elsewhere. */
  readonly elsewhere: Proportion;
  /** Of the difference, image by image: the sign-flip test. */
  readonly pValue: number;
}

export interface ErrorGroup {
  /** Positions of the images, the most confident first. */
  readonly members: readonly number[];
  /** Where most of its evidence lies, e.g. `at the upper left`. */
  readonly place: string;
  /** Their mean map. */
  readonly picture: Picture;
  /** The map value that the last colour stands for: maps are scaled to their own peak before they are averaged. */
  readonly scale: number;
}

export interface TrustReport {
  readonly summary: TrustSummary;
  /** The metrics, in the order in which they are shown. */
  readonly metrics: readonly Pick<Metric, "name" | "title" | "better" | "weakness" | "needs">[];
  /** How far the maps of other classes differ. Left out in reports of earlier versions. */
  readonly classSensitivity?: ClassSensitivity;
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
  /** Position of the image in the dataset. */
  readonly index: number;
  /** The image's name. Default: its number. */
  readonly name?: string;
  readonly eps: number;
  readonly outcome: AttackOutcome;
  readonly image: Picture;
  /** The change, amplified so that eps is from grey to black or white. */
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
  /** The `--net` that was trained from scratch. Left out for a head on another network. */
  readonly network?: string;
  readonly optimiser: string;
  /** E.g. `cosine from 0.001 to 0`. */
  readonly schedule?: string;
  readonly batchSize: number;
  readonly augmentation: string;
  readonly seed: number | string;
  /** How long it took, where that is known. */
  readonly seconds?: number;
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
  /** The operator with its main attributes, e.g. `Conv 3×3`. */
  readonly operator: string;
  /** Shape of its output, without the batch: [channels, height, width] or [features]. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** True for the layer whose maps are shown. Default false. */
  readonly explained?: boolean;
}

export interface ErrorReport extends Prediction {
  /** The image's name. Default: its number. */
  readonly name?: string;
  readonly image: Picture;
  /** The image, small, for lists. Default: the image. */
  readonly thumbnail?: Picture;
  readonly maps?: ErrorMaps;
  /** Of slightly changed versions of the image, how many are taken for the same class. Default: none was tried. */
  readonly steady?: { readonly same: number; readonly of: number };
  /** Share of the predicted class's evidence inside the object's boxes, and that of a uniform map. Default: not known. */
  readonly onObject?: { readonly share: number; readonly even: number };
  /** Whether the label itself may be wrong. Default false. */
  readonly doubtful?: boolean;
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

/** What is hidden, grouped and added up are the maps of another method than the one that is drawn. */
export interface AgreementReport {
  /** Title of the method that is drawn. */
  readonly method: string;
  /** Title of the one that is acted on. */
  readonly acting: string;
  /** Where the drawn one averages over places: means over images. */
  readonly measured?: {
    readonly count: number;
    /** Pearson's, of the evidence of both. */
    readonly correlation: number;
    /** The share of the drawn map on places that do not speak for the class. */
    readonly misplaced: number;
  };
}

export interface MapsReport {
  /** E.g. `Grad-CAM`. */
  readonly method: string;
  /** Colours from 0 to the scale. */
  readonly colours: ColourScale;
  /** Colours from -scale over 0 to the scale. */
  readonly differenceColours: ColourScale;
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
  /** The image's name. Default: its number. */
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
  /** E.g. the machines on which a seed gives the same numbers. Default: none. */
  readonly notes?: readonly string[];
}
