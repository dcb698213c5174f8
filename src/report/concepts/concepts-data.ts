/** @file The data that a report of concepts is made from: plain, the same after a trip through JSON. */

import type { Proportion } from "../../evaluate/statistics/proportion.js";
import type { ColourScale, Picture } from "../picture.js";
import type { ReproduceReport } from "../report-data.js";

/** All that a report of concepts shows. */
export interface ConceptsReportData {
  readonly title: string;
  /** When the work was done, printed as given. */
  readonly date: string;
  readonly model: string;
  /** The name of the images, such as that of their folder. */
  readonly images: string;
  /** The class that was asked for. Default: of each image the predicted one. */
  readonly classAsked?: string | undefined;
  readonly layer: { readonly name: string; readonly size: string; readonly reason: string };
  readonly search: SearchReport;
  readonly study: StudyReport;
  /** The classes that images are taken for, the most frequent first. */
  readonly classes: readonly string[];
  /** The most important one first. */
  readonly concepts: readonly ConceptReport[];
  /** Images with the regions of several concepts. */
  readonly together: readonly TogetherReport[];
  /** Colours of the maps, from none of a concept to the most of it. */
  readonly colours: ColourScale;
  readonly reproduce: ReproduceReport;
}

/** How the concepts were found. */
export interface SearchReport {
  readonly from: "places" | "crops";
  /** Images that they were found in. */
  readonly images: number;
  /** The share of the activations' squares that the concepts leave over. */
  readonly leftOver: number;
  readonly converged: boolean;
  /** The share of the activations' squares that is negative, and was taken for 0. */
  readonly negative: number;
}

/** What they were measured on. */
export interface StudyReport {
  readonly images: number;
  /** The mean score of the explained class, and that with nothing but the concepts in the layer. */
  readonly score: number;
  readonly rebuilt: number;
}

export interface ConceptReport {
  /** From 1: the most important one. */
  readonly number: number;
  readonly colour: string;
  readonly importance: Proportion;
  /** By how much the score falls without it. */
  readonly drop: Proportion;
  /** The share of the images whose answer is another one without it. */
  readonly changes: number;
  /** The share of the images that have a region of it. */
  readonly present: number;
  readonly stable: boolean;
  /** One for each class; undefined where no image has a region of it. */
  readonly classes: readonly (ClassWorthReport | undefined)[];
  /** The parts of images where it is strongest, the strongest first, each from another image. */
  readonly patches: readonly PatchReport[];
  /** The images with most of it. */
  readonly maps: readonly ConceptMapReport[];
}

/** What a concept does to the score of a class, over the images that have it. */
export interface ClassWorthReport {
  readonly importance: Proportion;
  readonly drop: Proportion;
}

export interface PatchReport {
  readonly image: string;
  readonly picture: Picture;
}

export interface ConceptMapReport {
  readonly image: string;
  readonly picture: Picture;
  /** The class that is explained, with its score as it is, and without the concept. */
  readonly label: string;
  readonly score: number;
  readonly without: number;
  /** The network's answer without the concept. */
  readonly answer: string;
  /** Whether that is another answer than with it. */
  readonly changes: boolean;
}

export interface TogetherReport {
  readonly image: string;
  readonly label: string;
  readonly picture: Picture;
  /** The numbers of the concepts that have a region in it, the most important first. */
  readonly numbers: readonly number[];
}
