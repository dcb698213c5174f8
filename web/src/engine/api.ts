/** @file What the page may ask of its worker, and what comes back: plain data that can be posted. */

import type { ClassChoice, Completeness, MapDiagnosis, Sidecar } from "fovea/explain";
import type { Box, FloatMap, Picture } from "fovea/image";
import type { Preprocessing, Provenance } from "fovea/onnx";
import type { WebProvider } from "fovea/runtime/web";

export interface StartOptions {
  /** Default: WebGPU where there is an adapter. */
  readonly provider?: WebProvider | undefined;
  /** URL of the page's own folder, ending in a slash. */
  readonly base: string;
}

/** How far something is that takes a while; `total` is 0 where nobody knows. */
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
  readonly paper: string;
  /** What it looks at. */
  readonly at: "layer" | "image";
  /** Runs of the network. */
  readonly cost: "one" | "some" | "many";
  /** Random maps, which others are measured against. */
  readonly baseline: boolean;
}

export interface ModelView {
  /** Of this opening; every model opened gets another. */
  readonly id: number;
  readonly name: string;
  readonly classes: readonly string[] | undefined;
  readonly classesOrigin: string | undefined;
  readonly classCount: number | undefined;
  readonly preprocessing: Preprocessing;
  readonly preprocessingOrigin: string;
  readonly provenance: Provenance | undefined;
  readonly parameters: number;
  /** Of the file. */
  readonly bytes: number;
  /** What computes it. */
  readonly provider: WebProvider;
  /** In order of computation; the last is the automatic choice. */
  readonly layers: readonly LayerView[];
  readonly automatic: { readonly name: string; readonly reason: string };
  readonly methods: readonly MethodView[];
  /** It was trained on drawings, so that one can draw for it. */
  readonly drawn: boolean;
}

/** Files of one model: the model's own, and whatever lies beside it (weights, labels, settings). */
export interface ModelFiles {
  readonly files: readonly File[];
  /** What the user said of it. */
  readonly given?: Sidecar | undefined;
  readonly beside?: Sidecar | undefined;
}

export interface PictureView {
  readonly id: number;
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A picture that is read when it is needed. */
export interface PictureSource {
  /** A file, its URL, or pixels where there is no file. */
  readonly source: Blob | string | Picture;
  readonly name: string;
}

/** What came of a source: the picture, or why there is none. */
export type OpenedPicture =
  | { readonly view: PictureView; readonly reason?: undefined }
  | { readonly reason: string; readonly view?: undefined };

export interface ExplainRequest {
  readonly picture: number;
  readonly method: string;
  /** Name of a layer, or `auto`. */
  readonly layer: string;
  readonly classes: readonly ClassChoice[];
  /** A class whose score is taken away from the explained one's. */
  readonly minus?: number | undefined;
  /** What speaks against the class. */
  readonly against?: boolean | undefined;
}

export interface MapView {
  readonly class: number;
  /** At the layer's resolution, before the ReLU. */
  readonly evidence: FloatMap;
  readonly diagnosis: MapDiagnosis;
  /** What was shared out and what should have been, where the method shares out a number. */
  readonly completeness: { readonly attributed: number; readonly total: number } | undefined;
}

export interface ExplanationView {
  readonly request: ExplainRequest;
  readonly layer: LayerView & { readonly reason: string };
  /** The part of the picture that the network saw, in its pixels. */
  readonly box: Box;
  /** The part's size as the network sees it. */
  readonly seen: { readonly width: number; readonly height: number };
  readonly probabilities: Float32Array;
  readonly scores: Float32Array;
  readonly predicted: number;
  readonly maps: readonly MapView[];
  readonly notes: readonly string[];
  /** Of the run, without opening sessions if they were open. */
  readonly milliseconds: number;
}

export interface LayerMapView {
  readonly layer: string;
  readonly evidence: FloatMap;
}

export type { Completeness };
