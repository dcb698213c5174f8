/** @file A dataset of photos: a list of files, read when they are needed. */

import { visible } from "../../foundation/visible.js";
import type { Box } from "../../image/picture/resize.js";
import type { FoundImage } from "../sources/image-of.js";

/** The parts of a dataset. */
export const splits = ["train", "validation", "test"] as const;
export type Split = (typeof splits)[number];

/** A photo with its class; `imageOf` reads it. */
export interface Photo extends FoundImage {
  /** Its path within the dataset, with forward slashes. */
  readonly name: string;
  /** The class, as an index into the dataset's `classes`. */
  readonly label: number;
  readonly split: Split;
  /** Size in pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** Where the objects of the photo's class are, in its pixels; undefined where nothing is known of that. */
  readonly boxes?: readonly Box[];
}

/** A file that belongs to the dataset and cannot be used. */
export interface SkippedPhoto {
  readonly path: string;
  readonly reason: string;
}

/** The message of an error about a file, without the file's name. */
export function reasonOf(path: string, { message }: Error): string {
  return message.replace(`${visible(path)}: `, "");
}

/** A photo that every part of a dataset knows of, whether it can be read or not. */
export interface PooledPhoto extends Pick<Photo, "path" | "file" | "name" | "split"> {
  /** The name of the class. */
  readonly label: string;
  /** Whether it says where its objects are. */
  readonly hasBoxes: boolean;
}

/** Photos with their classes and splits, and those left out. */
export interface PhotoDataset {
  /** The folder or file it was read from. */
  readonly name: string;
  /** How it was read, in words for people: printed with every result. */
  readonly source: string;
  /** The same in pieces: where labels come from, and how photos were split. */
  readonly found: { readonly origin: string; readonly how: string };
  readonly classes: readonly string[];
  /** Sorted by path, whatever the split; in the order of a manifest where there is one. */
  readonly photos: readonly Photo[];
  readonly skipped: readonly SkippedPhoto[];
  /** Photos that every part of the dataset knows of: all, or of archives those of one of them for each split. */
  readonly pool: readonly PooledPhoto[];
  /** Photos lie in archives. Default false. */
  readonly isArchived?: boolean;
  /** The splits that there are, in whichever part. */
  readonly splits: readonly Split[];
  /** What its user should know of how it was read, a plain sentence each. */
  readonly notes: readonly string[];
  /** Closes the archives that photos lie in: those can no longer be read. Default: there is nothing to close. */
  readonly close?: () => Promise<void>;
}

/** A photo's entry in a manifest or an annotation; several of one photo are its objects. */
export interface Annotation {
  /** The photo, as a path from the dataset's folder with forward slashes. */
  readonly path: string;
  readonly label: string;
  readonly split?: Split;
  readonly box?: Box;
}

/** An object of a photo. */
export interface AnnotatedObject {
  /** The photo's name in the annotation, often without its folder. */
  readonly file: string;
  readonly label: string;
  readonly box: Box;
  /** VOC's mark of what even people hardly recognise. Default false. */
  readonly difficult?: boolean;
}
