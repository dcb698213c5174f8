/** @file The data that a detector's report is made from: plain, the same after a trip through JSON. */

import type { ErrorKind } from "../../evaluate/detection/error-kinds.js";
import type { DetectionEvaluation } from "../../evaluate/detection/evaluate-detections.js";
import type { MapSummary } from "../../evaluate/detection/study/summarise-maps.js";
import type { Box } from "../../image/picture/resize.js";
import type { ColourScale, Picture } from "../picture.js";
import type { ReproduceReport } from "../report-data.js";

/** All that the report shows. */
export interface DetectionReportData {
  readonly title: string;
  /** When the work was done, printed as given. */
  readonly date: string;
  readonly data: { readonly name: string; readonly source: string; readonly classes: readonly string[] };
  /** The model, and what kind of detector it is. */
  readonly model: { readonly name: string; readonly layout: string };
  readonly evaluation: Omit<DetectionEvaluation, "shown">;
  /** Which boxes are measured: the lowest score, and the overlap from which on the surer of two suppresses the other. */
  readonly limits: { readonly confidence: number; readonly overlap: number };
  readonly maps: DetectionMaps;
  /** Correct boxes, the surest first, and errors of every kind. */
  readonly examples: readonly ExampleReport[];
  /** How model and data are called on a command line, without folders. */
  readonly names: { readonly model: string; readonly data: string };
  readonly reproduce: ReproduceReport;
}

/** How the maps were made, and what they are worth. */
export interface DetectionMaps {
  /** Title of the method. */
  readonly method: string;
  /** Its name in `summary`. */
  readonly name: string;
  readonly colours: ColourScale;
  /** Of how many boxes they were measured. */
  readonly boxes: number;
  /** Empty where no box is correct. */
  readonly summary: readonly MapSummary[];
}

/** A box, or an object without one. */
export interface ExampleReport {
  readonly kind: ErrorKind | "correct";
  /** Of its picture. */
  readonly image: string;
  readonly picture: Picture;
  /** The map of the found box over the picture; undefined where no box comes near the object that was missed. */
  readonly map?: Picture | undefined;
  /** The map's peak, which has the last colour. */
  readonly peak: number;
  /** The map around the box. */
  readonly closeUp?: Picture | undefined;
  /** The box; of an object that was missed the one that comes nearest, whatever its score. */
  readonly found?: MarkedBox | undefined;
  /** The object that it is about. */
  readonly object?: Omit<MarkedBox, "score"> | undefined;
  readonly overlap: number;
}

/** A box in shares of its picture's sides. */
export interface MarkedBox {
  readonly label: string;
  readonly score: number;
  readonly place: Box;
}
