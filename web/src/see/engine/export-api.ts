/** @file What is asked for of an explanation as a file. */

import type { ColormapName } from "../../../../src/image/map/colormap.js";
import type { ExplanationView } from "../../engine/api.js";

export const exportKinds = ["svg", "share", "json", "npy", "onnx"] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface ExportRequest {
  readonly explanation: ExplanationView;
  readonly colormap: ColormapName;
  /** Whether evidence against a class is written, too. */
  readonly signed: boolean;
  /** As the page shows the map, for figures. Default: all of it, without lines, on its own scale. */
  readonly shown?: Appearance;
}

/** What the page shows of a map. */
export interface Appearance {
  /** Only the hottest so many percent of the picture. Default all. */
  readonly top?: number;
  /** With contour lines. Default false. */
  readonly contours?: boolean;
  /** Of the overlay, 0 to 1. Default that of figures. */
  readonly opacity?: number;
  /** The raw value that the last colour stands for. Default the map's own peak. */
  readonly peak?: number;
}
