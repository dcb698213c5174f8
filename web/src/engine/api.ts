/** @file Requests of the page to its worker, and the answers: plain data that can be posted. */

import type { MapDiagnosis } from "../../../src/explain/diagnose/diagnose.js";
import type { FamilyName } from "../../../src/explain/method.js";
import type { ClassChoice } from "../../../src/explain/options.js";
import type { Preprocessing } from "../../../src/image/input/preprocessing.js";
import type { FloatMap } from "../../../src/image/map/heatmap.js";
import type { Picture } from "../../../src/image/picture/picture.js";
import type { Box } from "../../../src/image/picture/resize.js";
import type { Provenance } from "../../../src/model/card.js";
import type { BaselineName } from "../../../src/model/input/baseline-names.js";
import type { MatchedClasses } from "../../../src/model/match-classes.js";
import type { Preset } from "../../../src/model/preprocessing/presets.js";
import type { Sidecar } from "../../../src/model/settings/sidecar.js";
import type { TaskName } from "../../../src/model/tasks/found-task.js";
import type { WebProvider } from "../../../src/runtime/web.js";
import type { SampleName } from "../shared/samples.js";
import type { Stroke } from "../shared/strokes.js";

export interface StartOptions {
  /** Default: by the model's size, and WebAssembly without a graphics card. */
  readonly provider?: WebProvider | undefined;
  /** URL of the page's own folder, ending in a slash. */
  readonly base: string;
  /** The page's own model that is opened first. */
  readonly sample: SampleName;
}

/** The progress of long work; `total` is 0 where nobody knows. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export interface RuntimeView {
  readonly provider: WebProvider;
  readonly threads: number;
}

export interface LayerView {
  readonly name: string;
  readonly op: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface MethodView {
  readonly name: string;
  readonly title: string;
  /** What means it as well, as `plainSpelling` writes it. */
  readonly spellings: readonly string[];
  readonly paper: string;
  /** A layer's activations, or the image itself. */
  readonly at: "layer" | "image";
  /** Methods that answer by the same means: the family's name. */
  readonly family: FamilyName;
  /** Runs of the network. */
  readonly cost: "one" | "some" | "many";
  /** Its map is the same for all classes. */
  readonly classBlind: boolean;
  /** Of a variant, what differs from the method that stands before it. */
  readonly differs: string | undefined;
  /** The baselines that it may start from or hide by; none where it has no use for one. */
  readonly baselines: readonly BaselineName[];
  /** The one that it takes if nobody says. */
  readonly baseline: BaselineName | undefined;
  /** It draws a baseline for each sample, and may draw it from open pictures. */
  readonly drawsBaselines: boolean;
}

export interface ModelView {
  /** Of this opening; every model opened gets another. */
  readonly id: number;
  readonly name: string;
  readonly task: TaskName;
  /** Its scores are numbers of their own, without probabilities. */
  readonly measures: boolean;
  readonly classes: readonly string[] | undefined;
  readonly classesOrigin: string | undefined;
  /** The texts that it compares pictures with, of which its classes have their names; undefined for a model of another kind. */
  readonly texts: readonly string[] | undefined;
  /** What the user should know about the file, a sentence each. */
  readonly notes: readonly string[];
  readonly classCount: number | undefined;
  readonly preprocessing: Preprocessing;
  readonly preprocessingOrigin: string;
  /** The usual recipes for its pixels that may be chosen. */
  readonly recipes: readonly Preset[];
  /** The name of the one that it follows; undefined for a recipe of its own. */
  readonly recipe: string | undefined;
  /** Whether nobody says how pixels become numbers. */
  readonly assumesRecipe: boolean;
  readonly provenance: Provenance | undefined;
  readonly parameters: number;
  /** Of the file. */
  readonly bytes: number;
  /** The processor or the graphics card. */
  readonly provider: WebProvider;
  /** In order of computation; the last is the automatic choice. */
  readonly layers: readonly LayerView[];
  readonly automatic: { readonly name: string; readonly reason: string };
  readonly methods: readonly MethodView[];
  /** It was trained on drawings, so that one can draw for it. */
  readonly drawn: boolean;
}

/** Files of one model: the model's own, and those beside it (weights, labels, settings). */
export interface ModelFiles {
  readonly files: readonly File[];
  /** The user's settings. */
  readonly given?: Sidecar | undefined;
  /** Names of files that came later, to say something of the model: what they say counts more than the model itself. */
  readonly told?: readonly string[] | undefined;
  readonly beside?: Sidecar | undefined;
  /** Texts that pictures are compared with, of a network that does that. Default: some to begin with. */
  readonly texts?: readonly string[] | undefined;
}

export interface PictureView {
  readonly id: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A picture that is read when it is needed. */
export interface PictureSource {
  /** A file, or its URL. */
  readonly source: Blob | string;
  readonly name: string;
}

/** The picture of a source, or why there is none. */
export type OpenedPicture =
  | { readonly view: PictureView; readonly reason?: undefined }
  | { readonly reason: string; readonly view?: undefined };

/** A frame of a moving picture: RGBA, 0 to 255. */
export interface FrameView {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

export interface ExplainRequest {
  /** One that is open, the size of a blank square to draw on, or a frame of a moving picture. */
  readonly picture: number | { readonly blank: number } | { readonly frame: FrameView };
  readonly method: string;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  readonly classes: readonly ClassChoice[];
  /** A class whose score is taken away from the explained one's. */
  readonly minus?: number | undefined;
  /** Of an embedding: the open picture to which the likeness is explained, in the place of its numbers. */
  readonly similarTo?: number | undefined;
  /** Explain which regions lower the score. */
  readonly against?: boolean | undefined;
  /** Where a way to the picture begins, for methods that follow one. */
  readonly baseline?: BaselineName | undefined;
  /** Open pictures that ways begin at, one drawn for each, in the place of `baseline`. Default none. */
  readonly background?: readonly number[] | undefined;
  /** Strokes painted on the picture. Default none. */
  readonly strokes?: readonly Stroke[] | undefined;
}

export interface MapView {
  readonly class: number;
  /** At the layer's resolution, before the ReLU. */
  readonly evidence: FloatMap;
  /** Says how far the map agrees with the exact one, where its method averages over places and that changes something. */
  readonly diagnosis: MapDiagnosis;
  /** The attributed sum and the number that it should be, where the method shares out a number. */
  readonly completeness: { readonly attributed: number; readonly total: number } | undefined;
}

/** A box of a detector. */
export interface BoxView {
  readonly label: string;
  /** In the picture's pixels. */
  readonly place: Box;
}

export interface ExplanationView {
  readonly request: ExplainRequest;
  readonly layer: LayerView & { readonly reason: string };
  /** The part of the picture that the network saw, in its pixels. */
  readonly box: Box;
  /** Of the picture. */
  readonly size: { readonly width: number; readonly height: number };
  /** The colour that erased parts take, as in CSS. */
  readonly ground: string;
  readonly probabilities: Float32Array;
  readonly scores: Float32Array;
  readonly predicted: number;
  readonly maps: readonly MapView[];
  /** Of a detector: the boxes, the surest first, which stand in the place of classes. */
  readonly boxes?: readonly BoxView[];
  readonly notes: readonly string[];
  /** Whether the evidence of all places of the layer adds up to the score, but for the bias. */
  readonly sharesScore: boolean;
  /** Of the run, without opening sessions if they were open. */
  readonly milliseconds: number;
}

/** Limits of methods of many runs when all are compared, so that the grid is there in seconds. */
export const compareLimits = { topChannels: 24, samples: 200 } as const;

/** One method's map of the picture, or why there is none. */
export interface MethodCell {
  readonly method: string;
  readonly title: string;
  readonly box: Box;
  readonly evidence?: FloatMap;
  readonly milliseconds?: number;
  readonly refused?: string;
}

/** In milliseconds, of one picture. */
export interface CostView {
  /** Of the untouched file. */
  readonly inference: number;
  readonly explanation: number;
  /** Median over pairs of runs that took turns. */
  readonly ratio: number;
}

/** Of a map that doesn't depend on the network: noise as coarse as the map, its own values shuffled, or the centre. */
export interface ChanceCurve {
  readonly kind: "random" | "shuffled" | "centre";
  readonly values: readonly number[];
  /** As of the map's own curve. */
  readonly area: number | undefined;
}

export interface TrustCurve {
  readonly kind: "deletion" | "insertion";
  /** Of the pixels, from 0 to 1. */
  readonly shares: readonly number[];
  /** Probability of the class at each, in the map's order. */
  readonly map: readonly number[];
  /** On the scale from the empty to the whole image; undefined where the class is hardly more probable for the whole one. */
  readonly area: number | undefined;
  /** The same in the orders of maps of chance. */
  readonly others: readonly ChanceCurve[];
  /** The network's input at some of the shares. */
  readonly frames: readonly { readonly share: number; readonly picture: Picture }[];
}

export interface TrustView {
  readonly target: number;
  readonly curves: readonly TrustCurve[];
}

/** A node of the graph, for people. */
export interface NodeView {
  readonly op: string;
  readonly name: string;
  /** E.g. `512×7×7`. */
  readonly shape: string;
  /** It makes the chosen layer. */
  readonly here: boolean;
}

export interface LayerMapView {
  readonly layer: string;
  readonly evidence: FloatMap;
}

/** Maps at every milestone of the network. */
export interface LayerMapsView {
  /** The title of the method that made them. */
  readonly method: string;
  readonly maps: readonly LayerMapView[];
}

/** A picture to be classified. */
export interface AskedPicture {
  readonly picture: number;
  /** How many it has. */
  readonly pixels: number;
  /** Its class, as an index of the model's. */
  readonly truth?: number | undefined;
}

/** The prediction of a picture, or why there is none. */
export type ClassifiedPicture =
  | {
      readonly picture: number;
      readonly predicted: number;
      /** Probability of the predicted class. */
      readonly confidence: number;
      /** Probability of the true class, where that is known. */
      readonly ofTruth: number | undefined;
      /** Undefined where the picture itself is small. */
      readonly thumbnail: Blob | undefined;
      readonly reason?: undefined;
    }
  | { readonly picture: number; readonly reason: string };

/** The model's classes and which of them each folder is, or why they do not match. */
export type MatchedFolders = (MatchedClasses & { readonly reason?: undefined }) | { readonly reason: string };

/** Labels that a report would ask about. */
export interface DoubtedLabels {
  /** By their ids. */
  readonly pictures: readonly number[];
  /** Why nothing can be said of labels, as a sentence. */
  readonly reason: string | undefined;
}

/** Where the network looked, small, for a tile of many. */
export interface EvidenceView {
  /** For `<img>`. */
  readonly src: string;
  /** The share of it at the border, next to a uniform map's; undefined for a blank map. */
  readonly border: { readonly share: number; readonly even: number } | undefined;
}

export interface DrawnPicture {
  readonly blob: Blob;
  readonly name: string;
  readonly class: string;
}

/** The maps of a picture's predicted and true class, drawn on one scale. */
export interface ClassContrast {
  readonly explanation: ExplanationView;
  /** The value that the last colour stands for; 0 where all maps are zero. */
  readonly peak: number;
  readonly image: DrawnImage;
  /** In the order of the explanation's maps. */
  readonly maps: readonly DrawnImage[];
  /** The first map minus the second, where there are two. */
  readonly difference: DrawnImage | undefined;
}

/** For `<img>`. */
export interface DrawnImage {
  readonly src: string;
  readonly width: number;
  readonly height: number;
}

export interface ReportRequest {
  /** The data's name in the report. */
  readonly data: string;
  /** Names of the data's classes. */
  readonly folders: readonly string[];
  readonly items: readonly ReportedPicture[];
  /** Digits that the page drew. */
  readonly drawn: boolean;
  readonly method: string;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
}

export interface ReportedPicture extends Omit<PictureView, "id"> {
  readonly picture: number;
  /** As an index of the folders. */
  readonly label: number;
}

export interface MadeReport {
  readonly html: Blob;
  /** Pictures that are not in it. */
  readonly failed: number;
}

/** `svg` is the figure, `share` a picture for others, 1200 by 630. */
/** What the network answers for one picture by one of the usual recipes. */
export interface RecipeAnswer {
  readonly name: string;
  readonly title: string;
  readonly parts: Partial<Preprocessing>;
  /** The likeliest class. */
  readonly answer: number;
  readonly probability: number;
}

/** What a trial of the usual recipes found. */
export interface RecipeView {
  /** By each recipe for the picture that was looked at. */
  readonly answers: readonly RecipeAnswer[];
  /** In half a sentence; undefined where there were too few pictures to judge. */
  readonly says: string | undefined;
  /** The recipe that is surer than the assumed one, if any is. */
  readonly surer?: { readonly name: string; readonly parts: Partial<Preprocessing> };
}
