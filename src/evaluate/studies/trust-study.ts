/** @file Measures how far maps can be trusted: every metric of every method and baseline, image by image. */

import { createExplainer } from "../../explain/explainer.js";
import { defaultMethod } from "../../explain/method.js";
import type { Explainer, ExplainerOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import type { FloatMap } from "../../image/map/heatmap.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Runtime } from "../../runtime/session.js";
import { metrics as allMetrics, metricNamed } from "../metrics/index.js";
import type { Metric } from "../metrics/metric.js";
import { baselines, type MapSource, methodMaps, randomMaps } from "../trial/map-source.js";
import { createPerturbedModel } from "../trial/perturbed-model.js";
import type { Trial } from "../trial/trial.js";
import type { TrustImage, TrustMeasurement, TrustSource } from "./trust-measurement.js";

/** The methods that a trust study compares, and its metrics. */
export interface TrustStudyOptions extends Pick<ExplainerOptions, "layer" | "grid" | "skipTokens"> {
  readonly runtime: Runtime;
  /** Methods by name, or explainers of this model, which the caller closes. Default `grad-cam`. */
  readonly methods?: readonly (string | Explainer)[];
  /** Default all; those that need boxes are left out of images that have none. */
  readonly metrics?: readonly (string | Metric)[];
  /** Of all that is drawn: equal values' order, random maps, squares, noise. Default 1. */
  readonly seed?: number | string;
}

/** Measures maps of methods and baselines, one image at a time. */
export interface TrustStudy {
  readonly explainers: readonly Explainer[];
  readonly metrics: readonly Metric[];
  /** Methods first, then the baselines. How large the random maps are is known from the first image on. */
  sources(): readonly TrustSource[];
  /** @throws FoveaError as an explainer does, where no method has a map */
  measure(image: TrustImage): Promise<TrustMeasurement>;
  close(): Promise<void>;
}

/**
 * Prepares to measure how far the maps of methods can be trusted, beside random, central and uniform maps.
 * @throws FoveaError `unknown-name` for a method, layer or metric that there is not, and as `createExplainer` does
 */
export async function createTrustStudy(model: Model, options: TrustStudyOptions): Promise<TrustStudy> {
  const { runtime, methods = [defaultMethod], metrics: metricChoices = allMetrics, seed = 1, ...layer } = options;
  const metrics = metricChoices.map((metric) => (typeof metric === "string" ? metricNamed(metric) : metric));
  if (methods.length === 0) throw new FoveaError("bad-input", "methods: expected at least one, got none");
  const ownExplainers: Explainer[] = [];
  const explainers: Explainer[] = [];
  for (const method of methods) {
    const explainer = typeof method === "string" ? await createExplainer(model, { runtime, method, ...layer }) : method;
    if (typeof method === "string") ownExplainers.push(explainer);
    explainers.push(explainer);
  }
  const network = createPerturbedModel(model, { runtime });
  const sources = explainers.map(methodMaps);
  /** By method, the name of the random maps of its size. */
  const controls = new Map<string, string>();

  async function valuesOf(
    source: MapSource,
    map: FloatMap,
    trial: Omit<Trial, "map" | "explain">,
    onMetric?: () => void,
  ) {
    let calls = 0;
    const explain = (images: Tensor) => source.maps(images, trial.target, `${trial.seed}/again ${calls++}`);
    const complete: Trial = { ...trial, map, explain };
    const values: Record<string, number | null> = {};
    for (const metric of metrics) {
      onMetric?.();
      if (metric.kind === "localisation" && trial.boxes === undefined) continue;
      values[metric.name] = (await metric.measure(complete)) ?? null;
    }
    return values;
  }

  return {
    explainers,
    metrics,
    sources: () => [
      ...sources.map(({ name, title }) => ({ name, title, control: controls.get(name) ?? null })),
      ...[...new Set(controls.values())].map((name) => ({ name, title: "Random maps", control: null })),
      ...baselines.map(({ name, title }) => ({ name, title, control: null })),
    ],
    async measure({ name, image, target: targetClass, boxes, onMetric }) {
      const target = targetClass ?? (await network.predicted(image));
      const trial = { network, image, target, boxes, seed: `${seed}/${name}` };
      const { maps, failed } = await mapsOf(sources, trial);
      for (const [method, map] of maps) if (!controls.has(method.name)) controls.set(method.name, nameOfRandom(map));
      for (const [method, map] of [...maps]) {
        const random = randomMaps(present(controls.get(method.name), `control of ${method.name}`), map);
        if (![...maps.keys()].some((source) => source.name === random.name))
          maps.set(random, await onlyMap(random, trial));
      }
      for (const baseline of baselines) maps.set(baseline, await onlyMap(baseline, trial));
      const values: Record<string, Record<string, number | null>> = {};
      for (const [source, map] of maps) values[source.name] = await valuesOf(source, map, trial, onMetric);
      return { name, target, values, failed: Object.fromEntries(failed) };
    },
    async close() {
      await network.close();
      for (const explainer of ownExplainers) await explainer.close();
    },
  };
}

/** Each method's map, or why there is none. */
async function mapsOf(sources: readonly MapSource[], trial: Pick<Trial, "image" | "target" | "seed">) {
  const maps = new Map<MapSource, FloatMap>();
  const failed = new Map<string, string>();
  for (const source of sources) {
    try {
      maps.set(source, await onlyMap(source, trial));
    } catch (error) {
      const last = failed.size + 1 === sources.length;
      if (!(error instanceof FoveaError) || last) throw error;
      failed.set(source.name, error.message);
    }
  }
  return { maps, failed };
}

/** Random maps are as coarse as those of the methods that they are compared with. */
function nameOfRandom({ width, height }: FloatMap): string {
  return `random ${height}x${width}`;
}

async function onlyMap(
  source: MapSource,
  { image, target, seed }: Pick<Trial, "image" | "target" | "seed">,
): Promise<FloatMap> {
  return at(await source.maps(image, target, seed), 0);
}
