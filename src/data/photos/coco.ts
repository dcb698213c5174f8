/** @file Objects and their boxes as COCO writes them. */

import { FoveaError, shortened } from "../../foundation/error.js";
import { boxFrom } from "../boxes.js";
import type { AnnotatedObject } from "./photo.js";

/** An object with what COCO says of it besides. */
export interface CocoObject extends AnnotatedObject {
  /** A crowd: nobody says how many objects it is. */
  readonly crowd: boolean;
  /** Of the outline, in square pixels; undefined where the file does not say. */
  readonly area: number | undefined;
}

/** All that a file of annotations lists. */
export interface CocoScenes {
  /** Names of the images, those without objects included. */
  readonly files: readonly string[];
  /** Names of the categories, in the order of the file. */
  readonly classes: readonly string[];
  readonly objects: readonly CocoObject[];
}

/**
 * Reads COCO's object annotations (Lin et al., ECCV 2014): `images`, `categories` and `annotations` with `bbox` as x, y, width,
 * height; undefined for other JSON. Crowds and annotations without an area are left out.
 * @throws FoveaError `bad-file` for an annotation of no image or category, or a box that is none
 */
export function readCoco(value: unknown, where: string): AnnotatedObject[] | undefined {
  const objects = readCocoScenes(value, where, (annotation) => annotation.iscrowd !== 1)?.objects;
  return objects?.map(({ file, label, box }) => ({ file, label, box }));
}

/** Reads the same with all images, categories and crowds. @param isRead which annotations. Default all */
export function readCocoScenes(
  value: unknown,
  where: string,
  isRead: (annotation: Record<string, unknown>) => boolean = () => true,
): CocoScenes | undefined {
  const { images, annotations, categories }: Record<string, unknown> = Object(value);
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) return undefined;
  const byId = (list: readonly unknown[], field: string) =>
    new Map(list.map(Object).map((each: Record<string, unknown>) => [each.id, each[field]]));
  const [files, names] = [byId(images, "file_name"), byId(categories, "name")];
  const objects = annotations.map(Object).flatMap((each: Record<string, unknown>, i) => {
    const place = `${where}: annotation ${i}`;
    const [file, label] = [files.get(each.image_id), names.get(each.category_id)];
    if (typeof file !== "string" || typeof label !== "string") {
      const shown = (id: unknown) => (id === undefined ? "none" : shortened(id));
      const got = `image ${shown(each.image_id)} and category ${shown(each.category_id)}`;
      throw new FoveaError("bad-file", `${place}: expected an image and a category of the file, got ${got}`);
    }
    const bbox: unknown[] = Array.isArray(each.bbox) ? each.bbox : [];
    if (!isRead(each) || bbox[2] === 0 || bbox[3] === 0) return [];
    const area = Number(each.area) || undefined;
    return [{ file, label, box: boxFrom(bbox, place), crowd: each.iscrowd === 1, area }];
  });
  return { files: texts(files), classes: [...new Set(texts(names))], objects };
}

function texts(values: ReadonlyMap<unknown, unknown>): string[] {
  return [...values.values()].filter((value) => typeof value === "string");
}
