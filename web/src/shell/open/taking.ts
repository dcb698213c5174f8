/** @file Opens dropped, pasted or picked files, whatever they are. */

import { labelFileRank } from "../../../../src/model/labels/label-files.js";
import type { ModelView } from "../../engine/api.js";
import type { Studio } from "../studio.svelte.js";
import { classesOf, type SortedFiles } from "./files.js";

/** One drop after the other, but for pictures alone: these need not wait for a model that still opens. */
export function take(studio: Studio, files: SortedFiles): Promise<void> {
  const { model, protocols, beside, others } = files;
  const isOfModel = [model, protocols, beside, others].some(({ length }) => length > 0);
  return isOfModel ? studio.turns.run(() => takeNow(studio, files)) : takeNow(studio, files);
}

async function takeNow(studio: Studio, files: SortedFiles): Promise<void> {
  const { model, images, idx, protocols } = files;
  if (model.length > 0) {
    studio.taking = true;
    studio.opening = model[0]?.name;
  }
  // The page's own model, which still opens in its first second, would take this one's place.
  await studio.ready;
  // Pictures first: the model is then asked about them alone.
  if (images.length > 0) {
    const classes = classesOf(images);
    await studio.openPictures(images.map(({ file, path }, i) => ({ blob: file, name: path, class: classes[i] })));
  }
  if (model.length > 0) await studio.openModel({ files: model });
  studio.taking = false;
  const [film] = files.films;
  if (film) await studio.beginLive({ name: film.name, url: URL.createObjectURL(film) });
  if (idx.length > 0) {
    studio.digits = idx;
    studio.look({ tab: "train" });
  }
  // A JSON file that is not named as a protocol may tell of the user's model.
  const mayTell = (file: File) => studio.files !== undefined && !/\.improve\.json$/i.test(file.name);
  for (const file of protocols) if (!mayTell(file)) await studio.openProtocol(file);
  // A folder of pictures may hold any texts.
  const isMeant = ({ name }: File) => images.length === 0 || (studio.files && labelFileRank(name) !== undefined);
  const beside = [...files.beside, ...protocols.filter(mayTell)].filter(isMeant);
  if (beside.length > 0) await tellOfModel(studio, beside);
  const [first] = files.others;
  // Nothing else came: what it is, and what to do with it, is told by what opens models.
  if (
    first &&
    model.length + images.length + idx.length + protocols.length + files.beside.length + files.films.length === 0
  )
    await studio.openModel({ files: [first] });
}

/** Opens the model once more with files that say something of it, such as a list of its classes. */
async function tellOfModel(studio: Studio, beside: readonly File[]): Promise<void> {
  const names = beside.map(({ name }) => name).join(", ");
  const { files, model, view } = studio;
  if (files === undefined || model === undefined)
    return studio.complain(
      new Error(`${names}: this may tell of a model, and the page's own knows its classes: open yours first`),
    );
  const [main, ...before] = files.files.filter(({ name }) => !beside.some((each) => each.name === name));
  // What comes last counts most.
  const all = [...(main ? [main] : []), ...beside, ...before];
  if (!(await studio.openModel({ ...files, files: all, told: beside.map(({ name }) => name) }))) return;
  const { layer, target, minus, method } = view;
  studio.look({ layer, target, minus, method });
  const { classes, notes = [] } = studio.model ?? {};
  const isNamed =
    beside.some(({ name }) => studio.model?.classesOrigin?.includes(name)) ||
    classes?.some((name, i) => name !== model.classes?.[i]);
  studio.tell(
    isNamed ? `The classes have their names ${studio.model?.classesOrigin}.` : whyNotNamed(names, model, notes),
  );
}

function whyNotNamed(names: string, { classCount }: ModelView, notes: readonly string[]): string {
  const leftOut = notes.find((note) => /are left out/.test(note));
  return (
    leftOut ?? `${names}: this is no list of ${classCount ?? "the"} class names, and says nothing else of the model.`
  );
}
