/** @file Pictures with all their objects, which detectors are taught and measured on. */

import type { Picture } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";

/** Of a scene that is drawn, in pixels. */
export const sceneSide = 128;

/** An object in a picture. */
export interface SceneObject {
  /** An index into the set's `classes`. */
  readonly classIndex: number;
  /** In pixels of the picture. */
  readonly box: Box;
  /** In square pixels, where it is known better than by the box: COCO's is that of the outline. Default: the box's. */
  readonly area?: number;
  /** Nobody is to find it, nor is it a mistake to: COCO's crowds, VOC's difficult objects. Default false. */
  readonly ignored?: boolean;
}

/** A picture with its objects. */
export interface Scene {
  readonly picture: Picture;
  readonly objects: readonly SceneObject[];
}

/** Scenes that are read by number, wherever they lie. */
export interface SceneSet {
  /** The name it is asked for by. */
  readonly name: string;
  /** Where it came from, in words for people: printed with every result. */
  readonly source: string;
  readonly classes: readonly string[];
  readonly count: number;
  /** What people call a scene: its file's path, or `scene 12`. */
  nameOf(index: number): string;
  read(index: number): Promise<Scene>;
}
