/** @file Photos with all their objects, from a folder or a file of annotations. */

import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { count, counted } from "../../../foundation/words.js";
import type { Picture } from "../../../image/picture/picture.js";
import { imagesAmong } from "../../find-images.js";
import type { Scene, SceneObject, SceneSet } from "../../scenes/scene-set.js";
import { imageFinder } from "../image-finder.js";
import { annotationFiles, type LabelledBox, readAnnotations, type SceneAnnotations } from "./annotations.js";

export interface PhotoScenesOptions {
  /** Decodes a picture file. */
  readonly decode: (path: string) => Promise<Picture>;
}

/** Scenes on disk. */
export interface PhotoScenes extends SceneSet {
  /** What its user should know of how it was read, a plain sentence each. */
  readonly notes: readonly string[];
  /** The picture's file. */
  pathOf(index: number): string;
}

/**
 * The photos of COCO annotations (`.json`), of VOC annotations (`.xml`), or of a list with boxes (`.csv`, `.tsv`, `.json`): one such file, or a
 * folder with any of them in it or below. Pictures lie beside their file, in a folder there, or, for a file alone, in a folder beside its own. No
 * picture is opened before it is read. Crowds and difficult objects are ignored ones. Classes are in the order of COCO's file, else of their names.
 * @throws FoveaError `not-found`, `bad-file`, `bad-input` where no picture with objects is found
 */
export async function photoScenes(path: string, { decode }: PhotoScenesOptions): Promise<PhotoScenes> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined)
    throw new FoveaError("not-found", `${path}: scenes: expected a folder, or a file of annotations, got none there`);
  const found = stats.isDirectory() ? await inFolder(path) : await ofFile(path);
  const scenes = found.scenes.map(({ picture, objects }) => ({
    path: picture,
    objects: objects.map(indexed(found.classes)),
  }));
  const objects = scenes.reduce((sum, scene) => sum + scene.objects.length, 0);
  if (objects === 0) throw noScenes(path, scenes.length === 0 ? "none" : "pictures without any object");
  const source = `${counted(scenes.length, "picture")} with ${counted(objects, "object")} of ${counted(found.classes.length, "class", "classes")}, ${found.origin}`;
  const pathOf = (index: number) => at(scenes, index).path;
  return {
    name: path,
    source,
    classes: found.classes,
    count: scenes.length,
    notes: found.notes,
    pathOf,
    nameOf: pathOf,
    read: async (index): Promise<Scene> => ({
      picture: await decode(pathOf(index)),
      objects: at(scenes, index).objects,
    }),
  };
}

function indexed(classes: readonly string[]): (box: LabelledBox) => SceneObject {
  const places = new Map(classes.map((name, i) => [name, i]));
  return ({ label, ...rest }) => ({ classIndex: places.get(label) ?? -1, ...rest });
}

function noScenes(path: string, got: string): FoveaError {
  const expected =
    "pictures with boxes: COCO annotations (.json), VOC annotations (.xml) or a list (.csv) with pictures beside them";
  return new FoveaError("bad-input", `${path}: scenes: expected ${expected}, got ${got}`);
}

/** Its objects would count twice. */
function listedTwice(folder: string, image: string, files: readonly string[]): FoveaError {
  const expected = "expected each picture in one file of annotations";
  return new FoveaError(
    "bad-input",
    `${folder}: scenes: ${expected}, got ${image} in ${files.join(" and ")}: give the file that counts`,
  );
}

interface FoundScenes {
  readonly scenes: readonly { readonly picture: string; readonly objects: readonly LabelledBox[] }[];
  readonly classes: readonly string[];
  readonly origin: string;
  readonly notes: readonly string[];
}

/** Annotations with the file that they stand in. */
interface Named {
  readonly name: string;
  readonly annotations: SceneAnnotations;
}

async function inFolder(folder: string): Promise<FoundScenes> {
  const { filesIn } = await import("../../walk.js");
  const { names, notes } = await filesIn(folder);
  const files: Named[] = [];
  for (const name of names.filter((each) => annotationFiles.test(each))) {
    const annotations = await readAnnotations(folder, name);
    if (annotations) files.push({ name, annotations });
  }
  if (files.length === 0) throw noScenes(folder, "no annotations");
  return together(folder, files, imagesAmong(names, folder), notes);
}

async function ofFile(path: string): Promise<FoundScenes> {
  const [folder, name] = [dirname(path), basename(path)];
  const annotations = annotationFiles.test(name) ? await readAnnotations(folder, name) : undefined;
  if (annotations === undefined) throw noScenes(path, "another file");
  const { filesIn } = await import("../../walk.js");
  const { names, notes } = await filesIn(folder);
  const beside = together(folder, [{ name, annotations }], imagesAmong(names, folder), notes);
  if (beside.scenes.length > 0) return beside;
  // COCO's own layout: annotations/instances_val2017.json, val2017/000000000139.jpg.
  const above = join(folder, "..");
  const around = await filesIn(above);
  const inner = join(basename(resolve(folder)), name);
  return together(above, [{ name: inner, annotations }], imagesAmong(around.names, above), around.notes);
}

function together(
  folder: string,
  files: readonly Named[],
  images: readonly string[],
  walkNotes: readonly string[],
): FoundScenes {
  const find = imageFinder(images);
  const known = new Set(images);
  const scenes = new Map<string, LabelledBox[]>();
  const listedIn = new Map<string, string>();
  let missing = 0;
  for (const { name, annotations } of files) {
    for (const [file, objects] of annotations.pictures) {
      const image = known.has(file) ? file : find(file, name);
      if (image === undefined) {
        missing++;
        continue;
      }
      const other = listedIn.get(image) ?? name;
      if (other !== name) throw listedTwice(folder, image, [other, name]);
      listedIn.set(image, name);
      scenes.set(image, [...(scenes.get(image) ?? []), ...objects]);
    }
  }
  const all = [...scenes.values()].flat();
  const listed = files.flatMap(({ annotations }) => annotations.classes ?? []);
  const classes = listed.length > 0 ? listed : all.map(({ label }) => label).sort();
  const origin =
    files.length === 1 ? `listed in ${basename(files[0]?.name ?? "")}` : `listed in ${count(files.length)} files`;
  return {
    scenes: [...scenes].map(([image, objects]) => ({ picture: join(folder, image), objects })),
    classes: [...new Set([...classes, ...all.map(({ label }) => label)])],
    origin,
    notes: [
      ...walkNotes,
      ...(missing > 0 ? [`${counted(missing, "picture")} of the annotations not found, and left out`] : []),
    ],
  };
}
