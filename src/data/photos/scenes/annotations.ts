/** @file Files that say which objects are in which pictures: COCO's, VOC's, and lists. */

import { basename, dirname, join } from "node:path";
import { readInput, readInputText } from "../../../files/input/read-input.js";
import { FoveaError, messageOf } from "../../../foundation/error.js";
import { groupBy } from "../../../foundation/group-by.js";
import { parseJson } from "../../../foundation/parse-json.js";
import type { Box } from "../../../image/picture/resize.js";
import { readCocoScenes } from "../coco.js";
import { isJsonManifest, isManifest, readCsvManifest, readJsonManifest } from "../manifest.js";
import type { Annotation } from "../photo.js";
import { readVoc } from "../voc.js";

/** An object by the name of its class. */
export interface LabelledBox {
  readonly label: string;
  readonly box: Box;
  readonly area?: number;
  readonly ignored?: boolean;
}

/** What a file says of pictures. */
export interface SceneAnnotations {
  /** Names of pictures, as the file calls them, with their objects; some have none. */
  readonly pictures: ReadonlyMap<string, readonly LabelledBox[]>;
  /** In the order of the file, where it lists them. */
  readonly classes?: readonly string[];
}

/** The names of files that may hold annotations. */
export const annotationFiles = /\.(xml|json|csv|tsv)$/i;

/**
 * The annotations in a file; undefined for a file of another kind.
 * @param folder that the file lies in
 * @throws FoveaError `bad-file`
 */
export async function readAnnotations(folder: string, name: string): Promise<SceneAnnotations | undefined> {
  const where = join(folder, name);
  if (/\.xml$/i.test(name)) return fromVoc(await readInput(where, "annotation"), where, basename(name));
  const text = await readInputText(where, "list");
  if (/\.[ct]sv$/i.test(name))
    return isManifest(text, where) ? fromList(readCsvManifest(text, where), dirname(name)) : undefined;
  const value = readJson(text, where);
  if (Array.isArray(value))
    return isJsonManifest(value) ? fromList(readJsonManifest(value, where), dirname(name)) : undefined;
  const coco = readCocoScenes(value, where);
  if (coco === undefined) return undefined;
  const pictures = new Map(coco.files.map((file): [string, LabelledBox[]] => [file, []]));
  for (const { file, label, box, area, crowd } of coco.objects)
    pictures
      .get(file)
      ?.push({ label, box, ...(area === undefined ? {} : { area }), ...(crowd ? { ignored: true } : {}) });
  return { pictures, classes: coco.classes };
}

function fromVoc(bytes: Uint8Array, where: string, name: string): SceneAnnotations | undefined {
  const objects = readVoc(bytes, where);
  if (objects === undefined) return undefined;
  const ofPicture = groupBy(objects, ({ file }) => file || name);
  if (objects.length === 0) return { pictures: new Map([[name, []]]) };
  const pictures = [...ofPicture].map(([file, all]): [string, readonly LabelledBox[]] => [
    file,
    all.map(({ label, box, difficult }) => ({ label, box, ...(difficult ? { ignored: true } : {}) })),
  ]);
  return { pictures: new Map(pictures) };
}

/** Of a list of photos with their classes; photos without boxes are no scenes. */
function fromList(annotations: readonly Annotation[], folder: string): SceneAnnotations | undefined {
  if (annotations.every(({ box }) => box === undefined)) return undefined;
  const pictures = [...groupBy(annotations, ({ path }) => join(folder, path))].map(
    ([path, all]): [string, readonly LabelledBox[]] => [
      path,
      all.flatMap(({ label, box }) => (box ? [{ label, box }] : [])),
    ],
  );
  return { pictures: new Map(pictures) };
}

function readJson(text: string, where: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new FoveaError("bad-file", `${where}: expected JSON, got ${messageOf(cause)}`, { cause });
  }
}
