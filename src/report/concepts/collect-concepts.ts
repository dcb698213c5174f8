/** @file Draws the pictures of concepts, and gathers what is told of them. */

import type { ConceptStudy, ConceptSummary } from "../../evaluate/studies/concept-study.js";
import type { Concepts } from "../../explain/concepts/concept.js";
import { conceptMaps, drawnMaps, mostTogether, stableFrom } from "../../explain/concepts/regions.js";
import { at } from "../../foundation/present.js";
import { colourOfBox } from "../../image/figure/box-marks.js";
import { aroundPeak } from "../../image/figure/concepts/around-peak.js";
import type { ConceptPicture } from "../../image/figure/concepts/concept-picture.js";
import { markConcepts } from "../../image/figure/concepts/mark-concepts.js";
import { panelSizeOf } from "../../image/figure/panel.js";
import { defaultColormap } from "../../image/map/colormap.js";
import { mapPeak } from "../../image/map/heatmap.js";
import type { Picture as Pixels } from "../../image/picture/picture.js";
import type { Box } from "../../image/picture/resize.js";
import { layerSize } from "../../model/layers/layer.js";
import type { Tensor } from "../../onnx/tensor.js";
import { type Encode, overlaid, scaleOf } from "../collect/draw.js";
import type { Picture } from "../picture.js";
import type { ConceptMapReport, ConceptReport, ConceptsReportData, TogetherReport } from "./concepts-data.js";

/** An image that concepts were measured on. */
export interface StudiedImage {
  readonly name: string;
  /** [1, ...], the network's own input. */
  readonly input: Tensor;
  /** The whole picture, and the part of it that the network sees. */
  read(): Promise<{ readonly picture: Pixels; readonly seen: Box }>;
}

/** What was found and measured. */
export interface CollectConceptsOptions {
  readonly concepts: Concepts;
  /** With the classes that the report has columns for. */
  readonly study: ConceptStudy;
  readonly from: "places" | "crops";
  readonly studied: readonly StudiedImage[];
  readonly nameOf: (classIndex: number) => string;
  readonly encode: Encode;
  readonly signal?: AbortSignal | undefined;
}

type Collected = Pick<
  ConceptsReportData,
  "layer" | "search" | "study" | "classes" | "concepts" | "together" | "colours"
>;

/** What the pictures are drawn from. */
interface Drawing extends CollectConceptsOptions {
  /** How much of each concept is where in an image, computed once. */
  readonly amountsOf: (image: number) => Promise<Tensor>;
}

/** Of each concept, and of several together. */
const [mostPatches, mostMaps, mostImages] = [5, 4, 6];
/** On the page, in pixels; pictures have twice as many. */
const [patchSide, togetherSide] = [160, 260];

/** @throws the reason of the signal's abort, and the errors of reading images */
export async function collectConcepts(options: CollectConceptsOptions): Promise<Collected> {
  const { concepts, study, from, studied, nameOf, signal } = options;
  const amounts = new Map<number, Promise<Tensor>>();
  const amountsOf = (image: number) => {
    const known = amounts.get(image) ?? concepts.of(at(studied, image).input);
    amounts.set(image, known);
    return known;
  };
  const drawing = { ...options, amountsOf };
  const { layer, images, error, converged, negative } = concepts;
  const collected: ConceptReport[] = [];
  for (const [rank, summary] of study.concepts.entries()) {
    signal?.throwIfAborted();
    collected.push(await conceptReport(rank, summary, drawing));
  }
  return {
    layer: { name: layer.name, size: layerSize(layer, "×"), reason: layer.reason },
    search: { from, images, leftOver: error ** 2, converged, negative },
    study: { images: study.images, score: study.score, rebuilt: study.rebuilt },
    classes: study.classes.map(({ classIndex }) => nameOf(classIndex)),
    concepts: collected,
    together: await togetherOf(drawing),
    colours: scaleOf(defaultColormap),
  };
}

async function conceptReport(rank: number, summary: ConceptSummary, drawing: Drawing): Promise<ConceptReport> {
  const { concepts, study, studied, encode } = drawing;
  const { index, importance, drop, changes, present, examples } = summary;
  const patches = [];
  const maps: ConceptMapReport[] = [];
  for (const [i, image] of examples.slice(0, Math.max(mostPatches, mostMaps)).entries()) {
    const shown = await marked(image, [rank], drawing);
    if (i < mostPatches)
      patches.push({ image: at(studied, image).name, picture: await outlined(aroundPeak(shown), patchSide, encode) });
    if (i < mostMaps) maps.push(await mapReport(image, index, shown, drawing));
  }
  return {
    ...{ number: rank + 1, colour: colourOfBox(rank + 1), importance, drop, changes, present, patches, maps },
    stable: at(concepts.all, index).stability >= stableFrom,
    classes: study.classes.map((each) => each.concepts[rank]),
  };
}

async function mapReport(
  image: number,
  index: number,
  { picture, seen }: ConceptPicture,
  drawing: Drawing,
): Promise<ConceptMapReport> {
  const { concepts, study, studied, nameOf, encode } = drawing;
  const map = at(conceptMaps(await drawing.amountsOf(image), 0, concepts.all), index);
  const { classIndex, score, drops, changes, answers } = at(study.effects, image);
  return {
    image: at(studied, image).name,
    picture: await overlaid({ picture, box: seen }, map, 1, encode),
    label: nameOf(classIndex),
    score,
    without: score - at(drops, index),
    answer: nameOf(at(answers, index)),
    changes: at(changes, index),
  };
}

/** Images with the regions of several concepts. */
async function togetherOf(drawing: Drawing): Promise<TogetherReport[]> {
  const { study, studied, nameOf, encode, signal } = drawing;
  const reports: TogetherReport[] = [];
  for (const image of telling(study)) {
    signal?.throwIfAborted();
    const ranks = study.concepts.map((_, rank) => rank).slice(0, mostTogether);
    const shown = await marked(image, ranks, drawing);
    // A region begins at 1/2.
    const present = shown.maps.filter(({ map }) => mapPeak(map) >= 1 / 2);
    reports.push({
      image: at(studied, image).name,
      label: nameOf(at(study.effects, image).classIndex),
      picture: await outlined(shown, togetherSide, encode),
      numbers: present.map(({ number }) => number),
    });
  }
  return reports;
}

/** Each concept in turn gives its strongest image that is not there yet. */
function telling({ concepts }: ConceptStudy): number[] {
  const chosen = new Set<number>();
  const shown = concepts.slice(0, mostTogether);
  const most = Math.max(0, ...shown.map(({ examples }) => examples.length));
  for (let round = 0; round < most && chosen.size < mostImages; round++)
    for (const { examples } of shown) {
      const next = examples.find((image) => !chosen.has(image));
      if (next !== undefined && chosen.size < mostImages) chosen.add(next);
    }
  return [...chosen];
}

/** A picture with the regions of concepts by their places among the most important ones. */
async function marked(image: number, ranks: readonly number[], drawing: Drawing): Promise<ConceptPicture> {
  const { concepts, study, studied } = drawing;
  const { picture, seen } = await at(studied, image).read();
  const maps = drawnMaps(await drawing.amountsOf(image), 0, concepts.all);
  return {
    picture,
    seen,
    maps: ranks.map((rank) => ({ number: rank + 1, map: at(maps, at(study.concepts, rank).index) })),
  };
}

async function outlined(shown: ConceptPicture, panelSize: number, encode: Encode): Promise<Picture> {
  const drawn = markConcepts(shown, panelSizeOf(shown.picture, { panelSize }));
  return { src: await encode(drawn), width: drawn.width, height: drawn.height };
}
