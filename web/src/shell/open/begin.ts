/** @file How the page begins: with the model and images of `fovea studio`, else with a small model and pictures of its own. */

import type { Given } from "../../../../src/serve/studio/given.js";
import { returnToDrawing } from "../../keep/drawing-link.js";
import { keepHere } from "../../keep/here.js";
import { readSharedStrokes } from "../../why/share/links.js";
import { callback } from "../client.js";
import { spelt } from "../spelling.js";
import type { Studio } from "../studio.svelte.js";
import { readView, textsOfView } from "../view.js";
import { fetched, fetchGiven, givenPictures, modelFiles, readProvider, samplePictures } from "./given.js";
import { fetchStored, storedSample } from "./stored.js";

/** Loads the runtime; what was computed when the page was built is shown until it is there. */
export async function begin(studio: Studio): Promise<void> {
  const fragment = location.hash;
  returnToDrawing();
  const view = readView(location.hash);
  studio.view = view;
  await studio.attempt(async () => {
    const stored = view.sample === storedSample ? fetchStored() : undefined;
    const given = await fetchGiven();
    const isOwn = given.model === undefined && given.images.length === 0;
    const answers = isOwn ? await stored : undefined;
    if (answers) {
      studio.showStored(answers);
      await painted();
    }
    const starting = start(studio);
    if (given.protocol) await studio.openProtocol(await fetched(given.protocol), location.hash === "");
    await starting;
    if (answers)
      await studio.engine.restorePictures(answers.pictures.map(({ id, url, name }) => [id, { source: url, name }]));
    if (given.model && (await studio.openModel(await modelFiles(given.model)))) {
      studio.view = { ...view, tab: studio.view.tab, audit: studio.view.audit };
      studio.history.forget();
    }
    if (studio.files === undefined) {
      studio.model = await studio.engine.openSample(view.sample, textsOfView(view), studio.telling());
      studio.storedAnswers = undefined;
      studio.view = { ...studio.view, method: spelt(studio.view.method, studio.model) };
    }
    await openFirst(studio, given, answers !== undefined);
    const strokes = readSharedStrokes(fragment);
    if (strokes.length > 0) studio.paint(strokes, { remember: false });
    void keepHere(studio, given, fragment);
  });
  // Also where the runtime did not arrive: what is asked for then says so.
  studio.begun.resolve();
}

/** @param hasStored whether the page's own pictures are shown already */
async function openFirst(studio: Studio, given: Given, hasStored: boolean): Promise<void> {
  const { sample, picture, drawing } = studio.view;
  if (given.images.length > 0) await studio.openPictures(givenPictures(given.images));
  else if (given.model === undefined && !hasStored) await studio.openPictures(await samplePictures(sample));
  studio.look({ picture, drawing });
  studio.history.forget();
}

/** What came with the page is on the screen, before the worker takes the network and the processor; hidden pages wait for no frame. */
function painted(): Promise<unknown> {
  const frames = new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return Promise.race([frames, new Promise((resolve) => setTimeout(resolve, 500))]);
}

function start(studio: Studio) {
  const options = {
    base: new URL("./", location.href).href,
    provider: readProvider(location.search),
    sample: studio.view.sample,
  };
  return studio.engine.start(
    options,
    studio.telling(),
    callback((text: string) => studio.tell(text)),
    callback((reason: string) => studio.endWorker(new Error(reason))),
  );
}
