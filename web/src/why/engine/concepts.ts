/** @file Concepts of the open pictures, what each is worth, and where it is. */

import { evenly } from "../../../../src/data/subsets.js";
import { studyConcepts } from "../../../../src/evaluate/studies/concept-study.js";
import type { Concepts } from "../../../../src/explain/concepts/concept.js";
import { findConcepts } from "../../../../src/explain/concepts/concepts.js";
import { drawnMaps, mostTogether, stableFrom } from "../../../../src/explain/concepts/regions.js";
import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { at } from "../../../../src/foundation/present.js";
import { colourOfBox } from "../../../../src/image/figure/box-marks.js";
import { aroundPeak } from "../../../../src/image/figure/concepts/around-peak.js";
import type { ConceptPicture } from "../../../../src/image/figure/concepts/concept-picture.js";
import { markConcepts } from "../../../../src/image/figure/concepts/mark-concepts.js";
import { panelSizeOf } from "../../../../src/image/figure/panel.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { layerSize } from "../../../../src/model/layers/layer.js";
import type { ReadImage } from "../../../../src/model/run/read-image.js";
import type { Progress } from "../../engine/api.js";
import type { Pictures } from "../../engine/pictures.js";
import type { ConceptsRequest, ConceptsView } from "./api.js";

/** Pictures that concepts are found in, and measured on, at most: in a page they shall be there in seconds. */
const [mostImages, mostMeasured, mostExamples] = [60, 12, 4];

interface Surroundings {
  readonly model: LoadedModel;
  readonly pictures: Pictures;
  readonly signal: AbortSignal;
  readonly tell: (progress: Progress) => void;
}

/** A picture as the network gets it. */
interface Asked extends ReadImage {
  readonly name: string;
}

export async function conceptsOf(request: ConceptsRequest, around: Surroundings): Promise<ConceptsView> {
  const { model, signal } = around;
  const progress = (done: number) => around.tell({ what: "concepts", done, total });
  const { count, layer } = request;
  const asked: Asked[] = [];
  const some = evenly(request.pictures, mostImages);
  const total = some.length + Math.min(some.length, mostMeasured);
  for (const id of some) {
    signal.throwIfAborted();
    asked.push(await read(id, around));
    progress(asked.length);
  }
  const { runtime } = model.platform;
  const found = await findConcepts(
    model,
    asked.map(({ input }) => input),
    { runtime, count, layer, signal },
  );
  try {
    const measured = evenly(asked, mostMeasured);
    const inputs = measured.map(({ input }) => input);
    const study = await studyConcepts(found, inputs, {
      signal,
      progress: (done) => progress(asked.length + done),
    });
    const current = await read(request.current, around);
    const indices = study.concepts.map(({ index }) => index);
    const numbered = indices.slice(0, mostTogether).map((index, i) => ({ index, number: i + 1 }));
    const whole = await placed(found, current, numbered);
    const concepts = [];
    for (const [i, { index, examples, importance, drop, present }] of study.concepts.entries()) {
      const shown = [];
      for (const image of examples.slice(0, mostExamples)) {
        const example = at(measured, image);
        const part = aroundPeak(await placed(found, example, [{ index, number: i + 1 }]));
        shown.push({ name: example.name, picture: marked(part, 110) });
      }
      const stable = at(found.all, index).stability >= stableFrom;
      concepts.push({ number: i + 1, color: colourOfBox(i + 1), importance, drop, present, stable, examples: shown });
    }
    return {
      layer: `${found.layer.name}, ${layerSize(found.layer)}`,
      images: found.images,
      measured: study.images,
      leftOver: found.error ** 2,
      negative: found.negative,
      whole: marked(whole, 420),
      concepts,
    };
  } finally {
    await found.close();
  }
}

async function read(id: number, { model, pictures }: Surroundings): Promise<Asked> {
  const { name, picture } = await pictures.glance(id);
  return { ...(await model.readImage(picture)), name };
}

/** A picture with the maps of some concepts. */
async function placed(
  concepts: Concepts,
  { input, picture, box }: Asked,
  some: readonly { readonly index: number; readonly number: number }[],
): Promise<ConceptPicture> {
  const maps = drawnMaps(await concepts.of(input), 0, concepts.all);
  return { picture, seen: box, maps: some.map(({ index, number }) => ({ number, map: at(maps, index) })) };
}

function marked(shown: ConceptPicture, panelSize: number): Picture {
  return markConcepts(shown, panelSizeOf(shown.picture, { panelSize }));
}
