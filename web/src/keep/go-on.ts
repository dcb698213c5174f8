/** @file Opens a session again. */

import { spelt } from "../shell/spelling.js";
import type { Studio } from "../shell/studio.svelte.js";
import { blankSubject } from "../shell/subject.js";
import { readView, textsOfView } from "../shell/view.js";
import { keptParts } from "./parts.js";
import type { Session } from "./session.js";

/** What is open gives way to it; what cannot be opened any more is told. */
export function goOn(studio: Studio, session: Session<Blob>): Promise<void> {
  return studio.turns.run(() => goOnNow(studio, session));
}

async function goOnNow(studio: Studio, { link, model, pictures, drawing, parts }: Session<Blob>): Promise<void> {
  const view = readView(link);
  const texts = textsOfView(view);
  if (view.sample !== studio.view.sample) await studio.openSample(view.sample, texts);
  studio.taking = true;
  try {
    const before = new Set(studio.pictures);
    await studio.openPictures(
      pictures.flatMap(({ name, class: folder, file }) => (file ? [{ blob: file, name, class: folder }] : [])),
    );
    if (model)
      await studio.openModel({ files: model.files as File[], given: model.given, beside: model.beside, texts });
    const opened = new Map(studio.pictures.filter((each) => !before.has(each)).map(({ file, id }) => [file, id]));
    const ids = pictures.map(({ file }) => file && opened.get(file));
    const current = studio.pictures.findIndex(({ id }) => id === ids[view.picture]);
    studio.look({ ...view, method: spelt(view.method, studio.model), picture: Math.max(0, current) });
    studio.edits = { ...studio.edits, [blankSubject.key]: drawing };
    keptParts.restore(parts, ids);
    studio.history.forget();
  } finally {
    studio.taking = false;
  }
}
