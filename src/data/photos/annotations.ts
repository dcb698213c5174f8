/** @file Objects and their boxes as Pascal VOC and COCO write them. */

import { FoveaError } from "../../foundation/error.js";
import type { Box } from "../../image/picture/resize.js";
import { groupBy } from "./group-by.js";
import { boxBetween, boxFrom } from "./manifest.js";

/** An object of a photo. */
export interface FoundObject {
  /** The photo's name in the annotation, often without its folder. */
  readonly file: string;
  readonly label: string;
  readonly box: Box;
}

/**
 * Reads an annotation of the Pascal VOC challenge; undefined for other XML. Its pixels count from 1 and its boxes contain
 * their last row and column (Everingham & Winn, VOC2012 Development Kit, 2012): 1, 1, 10, 10 is x 0, y 0, 10 wide and high.
 * @throws FoveaError `bad-file` for a box that is none
 */
export function readVoc(text: string, where: string): FoundObject[] | undefined {
  if (!/<annotation[\s>]/.test(text)) return undefined;
  const file = element(text, "filename") ?? "";
  // Parts of an object, heads and hands, have names and boxes of their own.
  const objects = text.replace(/<part>.*?<\/part>/gs, "").match(/<object[\s>].*?<\/object>/gs) ?? [];
  return objects.map((object, i) => {
    const at = `${where}: object ${i + 1}`;
    const label = element(object, "name");
    if (!label) throw new FoveaError("bad-file", `${at}: expected a name, got none`);
    const [left, top, right, bottom] = ["xmin", "ymin", "xmax", "ymax"].map((name) =>
      Number(element(object, name) || "NaN"),
    ) as [number, number, number, number];
    return { file, label, box: boxBetween([left - 1, top - 1, right, bottom], at) };
  });
}

/** The text of the first element of that name. */
function element(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}[^>]*>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.trim().replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: keyof typeof entities) => entities[entity]);
}

const entities = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

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
