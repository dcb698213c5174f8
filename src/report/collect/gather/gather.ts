/** @file Runs models over images, and keeps of each what a report is computed from. */

import { markedTitle } from "../../../explain/method.js";
import { FoveaError } from "../../../foundation/error.js";
import { at } from "../../../foundation/present.js";
import { networkLayers, parameterCount } from "../../../model/summary.js";
import type { LayerReport } from "../../report-data.js";
import { mostGrouped } from "../errors/group-maps.js";
import { MapSums } from "../mean-map.js";
import type { MappedImage, Observation } from "../observe/observation.js";
import { type Observed, observeImages } from "../observe/observe.js";
import { RowTable } from "../observe/rows.js";
import { type ReportedData, type ReportImages, someOf } from "../report-images.js";
import type { GatheredModel, ModelFacts, ReportedModel } from "../study.js";

export interface GatherOptions {
  /** Called as images are done, over all models. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Breaks off between two runs; the reason of its abort is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export interface FailedImage {
  readonly index: number;
  readonly error: FoveaError;
}

/** What models said of the images that every one of them saw. */
export interface GatheredModels {
  readonly models: readonly GatheredModel[];
  readonly images: ReportImages;
  /** Images that could not be read or explained, by their position among those given. */
  readonly failed: readonly FailedImage[];
}

/** Images are read one batch at a time; of each only numbers are kept, and small maps of some. */
export async function gatherModels(
  models: readonly ReportedModel[],
  { images }: Pick<ReportedData, "images">,
  options: GatherOptions,
): Promise<GatheredModels> {
  const gatherings = models.map((model) => new Gathering(model));
  const failed: FailedImage[] = [];
  const kept: number[] = [];
  for await (const { index, observed } of together(models, images, options)) {
    for (const i of observed.keys()) options.onProgress?.(index * models.length + i + 1, images.count * models.length);
    const error = observed.find((each) => each.error)?.error;
    if (error) failed.push({ index, error });
    else {
      const position = kept.push(index) - 1;
      for (const [i, { observation }] of observed.entries())
        if (observation) at(gatherings, i).add(observation, at(images.labels, index), position);
    }
  }
  return { models: gatherings.map((each) => each.gathered), images: someOf(images, kept), failed };
}

/** Every image with what each model says of it. */
async function* together(models: readonly ReportedModel[], images: ReportImages, { signal }: GatherOptions) {
  const streams = models.map(({ explainer, acting = explainer, store }) =>
    observeImages(acting, images, store, signal),
  );
  for (let index = 0; index < images.count; index++) {
    const observed: Observed[] = [];
    for (const stream of streams) {
      const { value } = await stream.next();
      if (value) observed.push(value);
    }
    yield { index, observed };
  }
}

/** Gathers what one model says. */
class Gathering {
  readonly gathered: GatheredModel;
  readonly #rows = new RowTable();
  readonly #sums = new Map<number, MapSums>();
  readonly #surest: SurestErrors;

  constructor(private readonly model: ReportedModel) {
    this.#surest = new SurestErrors(mostGrouped);
    const { classes } = model;
    this.gathered = {
      facts: factsOf(model),
      classes,
      rows: this.#rows,
      sums: this.#sums,
      errorMaps: this.#surest.maps,
    };
  }

  add(observation: Observation, label: number, position: number): void {
    this.#rows.add(observation);
    const { predicted, probabilities } = observation;
    if ((this.model.classes?.[predicted] ?? predicted) !== label) {
      this.#surest.add(position, at(probabilities, predicted), observation);
      return;
    }
    const sums = this.#sums.get(label) ?? new MapSums();
    this.#sums.set(label, sums);
    sums.add(observation);
  }
}

/** The maps of the errors of which a model is surest; of equals the first. */
export class SurestErrors {
  readonly maps = new Map<number, MappedImage>();
  #kept: { readonly position: number; readonly confidence: number }[] = [];

  constructor(private readonly most: number) {}

  /** Positions rise. */
  add(position: number, confidence: number, { map, thumbnail, size }: MappedImage): void {
    this.#kept.push({ position, confidence });
    this.maps.set(position, { map, thumbnail, size });
    // Sorted now and then, so that each costs little.
    if (this.#kept.length >= 2 * this.most) this.#cut();
  }

  #cut(): void {
    this.#kept.sort((a, b) => b.confidence - a.confidence || a.position - b.position);
    for (const { position } of this.#kept.splice(this.most)) this.maps.delete(position);
  }
}

export function factsOf({ name, description, training, explainer, acting = explainer }: ReportedModel): ModelFacts {
  const { graph } = explainer.model;
  const layers = networkLayers(graph).map(
    ({ name: layer, operator, shape, parameters }): LayerReport => ({
      ...{ name: layer, operator, shape: shape ?? [], parameters },
      explained: layer === explainer.layer.name,
    }),
  );
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(training === undefined ? {} : { training }),
    parameters: parameterCount(graph),
    layers,
    method: markedTitle(explainer.method),
    ...(acting === explainer ? {} : { acting: acting.method.title }),
  };
}

/** @throws FoveaError `bad-input` where none of the images can be explained */
export function checkSome({ images: kept, failed: [first] }: GatheredModels, { name, images }: ReportedData): void {
  if (kept.count > 0) return;
  const why = first ? `: ${images.nameOf(first.index) ?? `image ${first.index}`}: ${first.error.message}` : "";
  throw new FoveaError("bad-input", `${name}: none of ${images.count} images can be explained${why}`);
}
