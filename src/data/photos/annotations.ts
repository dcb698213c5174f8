/** @file Objects and their boxes as COCO writes them, and the images that annotations mean. */

import { FoveaError } from "../../foundation/error.js";
import type { Box } from "../../image/picture/resize.js";
import { groupBy } from "./group-by.js";
import { boxFrom } from "./manifest.js";

/** An object of a photo. */
export interface FoundObject {
  /** The photo's name in the annotation, often without its folder. */
  readonly file: string;
  readonly label: string;
  readonly box: Box;
}

/**
 * Reads COCO's object annotations (Lin et al., ECCV 2014): `images`, `categories` and `annotations` with `bbox` as x, y, width,
 * height; undefined for other JSON. Crowds and annotations without an area are left out.
 * @throws FoveaError `bad-file` for an annotation of no image or category, or a box that is none
 */
export function readCoco(value: unknown, where: string): FoundObject[] | undefined {
  const { images, annotations, categories } = Object(value) as Record<string, unknown>;
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories)) return undefined;
  const byId = (list: readonly unknown[], field: string) =>
    new Map(list.map(Object).map((each: Record<string, unknown>) => [each.id, each[field]]));
  const [files, names] = [byId(images, "file_name"), byId(categories, "name")];
  return annotations.map(Object).flatMap((each: Record<string, unknown>, i) => {
    const at = `${where}: annotation ${i}`;
    const [file, label] = [files.get(each.image_id), names.get(each.category_id)];
    if (typeof file !== "string" || typeof label !== "string") {
      const got = `image ${each.image_id} and category ${each.category_id}`;
      throw new FoveaError("bad-file", `${at}: expected an image and a category of the file, got ${got}`);
    }
    const bbox: unknown[] = Array.isArray(each.bbox) ? each.bbox : [];
    if (each.iscrowd === 1 || bbox[2] === 0 || bbox[3] === 0) return [];
    return [{ file, label, box: boxFrom(bbox, at) }];
  });
}

/**
 * Which image each annotation means: one of the name (without extension) that it gives, else of its own name. Of several,
 * the one whose path shares most folders with the annotation's; undefined where that decides nothing.
 */
export function imageFinder(paths: readonly string[]): (file: string, beside: string) => string | undefined {
  const byStem = groupBy(paths, stemOf);
  return (file, beside) => {
    const candidates = byStem.get(stemOf(file)) ?? byStem.get(stemOf(beside)) ?? [];
    const around = new Set([...foldersOf(beside), ...foldersOf(file)]);
    const shared = candidates.map((path) => foldersOf(path).filter((name) => around.has(name)).length);
    const most = Math.max(...shared);
    const best = candidates.filter((_, i) => shared[i] === most);
    return best.length === 1 ? best[0] : undefined;
  };
}

const foldersOf = (path: string) => path.split(/[/\\]/).slice(0, -1);
const stemOf = (path: string) => (path.split(/[/\\]/).at(-1) as string).replace(/\.[^.]*$/, "");
