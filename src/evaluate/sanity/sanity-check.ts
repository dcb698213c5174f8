/** @file Sanity checks: whether maps change when the network's learnt weights are replaced. */

import { createExplainer } from "../../explain/explainer.js";
import { mapOf } from "../../explain/maps.js";
import { type CamMethod, defaultMethod } from "../../explain/method.js";
import type { Explainer, ExplainerOptions } from "../../explain/options.js";
import { at } from "../../foundation/present.js";
import { type FloatMap, mapPeak, normalizeMap } from "../../image/map/heatmap.js";
import { resizeMap } from "../../image/picture/resize.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import { bootstrapMean, type Mean } from "../statistics/bootstrap.js";
import { rankCorrelation } from "../statistics/rank-correlation.js";
import { structuralSimilarity } from "../statistics/ssim.js";
import { mean } from "../statistics/sums.js";
import { weightLayers, withRandomWeights } from "./randomise-weights.js";

export interface SanityCheckOptions extends Omit<ExplainerOptions, "method" | "include"> {
  /** Default `grad-cam`. */
  readonly methods?: readonly (string | CamMethod)[];
  /** Of the random weights. Default 1. */
  readonly seed?: number;
  /** In how many steps the network is randomised: where it has more layers with weights, several at a time. Default 8. */
  readonly steps?: number;
  /** Called before each network; an error thrown from it ends the check. */
  readonly onNetwork?: (network: number, networks: number) => void;
}

/** How alike the maps of two networks are, over images; plain data. */
export interface MapSimilarity {
  /** Spearman's, of the maps as they are; null where all are the same everywhere. */
  readonly rankCorrelation: Mean | null;
  /** Structural similarity of the maps as they are shown, at most 28 by 28 pixels. */
  readonly ssim: Mean | null;
  /** Maps of the second network that are zero everywhere. */
  readonly blank: number;
}

export interface SanityStep extends MapSimilarity {
  /** The layer that was randomised; in the cascade the last of those that were. */
  readonly layer: string;
}

/** How much a method's maps depend on the weights; plain data. */
export interface MethodSanity {
  readonly method: string;
  readonly title: string;
  /** Layers from the scores down to the image randomised one after the other, those before staying so. */
  readonly cascading: readonly SanityStep[];
  /** One layer at a time, all others as they were learnt. */
  readonly independent: readonly SanityStep[];
  /** How alike the untouched network's maps of different images are: the likeness that maps have anyway. */
  readonly otherImages: MapSimilarity;
  /** Rank correlation over all steps of the cascade; null where nothing could be compared. */
  readonly overall: Mean | null;
  /**
   * `fails`: it is above 0.5, half of that of unchanged maps, and above that of maps of different images, intervals and all.
   * `passes`: it is below 0.5, interval and all, or not above that of different images.
   */
  readonly verdict: "passes" | "fails" | "undecided";
}

const halfway = 0.5;

/**
 * Measures whether maps change when the weights are randomised. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 3: model parameter randomisation. The class is the one that the
 * untouched network predicts. Weights are drawn with the mean and deviation of the learnt ones; normalisations keep theirs.
 * @param images the model's input, one image each
 */
export async function checkSanity(
  model: Model,
  images: readonly Tensor[],
  options: SanityCheckOptions,
): Promise<MethodSanity[]> {
  const { methods = [defaultMethod], seed = 1, steps = 8, onNetwork, ...explaining } = options;
  const layers = weightLayers(model);
  const depths = depthsOf(layers.length, steps);
  const variants = depths.flatMap((depth) => [
    { mode: "cascading" as const, depth, layers: layers.slice(0, depth) },
    { mode: "independent" as const, depth, layers: layers.slice(depth - 1, depth) },
  ]);
  onNetwork?.(0, variants.length + 1);
  const learnt = await withExplainers(model, methods, explaining, async (explainers) => {
    const targets = await predictedBy(at(explainers, 0), images);
    const maps = [];
    for (const explainer of explainers) maps.push(await mapsOf(explainer, images, targets));
    return { targets, maps, methods: explainers.map(({ method }) => method) };
  });
  const compared = learnt.methods.map((): ComparedSteps => ({ cascading: [], independent: [] }));
  for (const [v, { mode, depth, layers: some }] of variants.entries()) {
    onNetwork?.(v + 1, variants.length + 1);
    const layer = at(layers, depth - 1).name;
    await withExplainers(withRandomWeights(model, some, seed), methods, explaining, async (explainers) => {
      for (const [m, explainer] of explainers.entries()) {
        const maps = await mapsOf(explainer, images, learnt.targets);
        compared[m]?.[mode].push({ layer, pairs: comparedMaps(learnt.maps[m] ?? [], maps) });
      }
    });
  }
  return learnt.methods.map(({ name, title }, m) => {
    const { cascading = [], independent = [] } = compared[m] ?? {};
    const maps = learnt.maps[m] ?? [];
    const correlations = images.map((_, i) => meanRankCorrelation(cascading, i));
    const others = comparedMaps(maps, rotated(maps));
    const overall = bootstrapMean(correlations.flatMap((value) => value ?? []));
    const excess = bootstrapMean(
      correlations.flatMap((value, i) => {
        const other = others[i]?.rankCorrelation;
        return value === undefined || other === undefined ? [] : [value - other];
      }),
    );
    return {
      ...{ method: name, title, overall, verdict: verdictOf(overall, excess) },
      cascading: cascading.map(({ layer, pairs }) => ({ layer, ...similarityOf(pairs) })),
      independent: independent.map(({ layer, pairs }) => ({ layer, ...similarityOf(pairs) })),
      otherImages: similarityOf(others),
    };
  });
}

type ComparedSteps = Record<"cascading" | "independent", ComparedStep[]>;

interface ComparedStep {
  readonly layer: string;
  readonly pairs: readonly ComparedMaps[];
}

/** One image's over the steps in which it has one; undefined where there is no such step. */
function meanRankCorrelation(steps: readonly ComparedStep[], image: number): number | undefined {
  const values = steps.flatMap(({ pairs }) => pairs[image]?.rankCorrelation ?? []);
  return values.length > 0 ? mean(values) : undefined;
}

/** @param excess by how much maps are more alike than those of different images */
function verdictOf(overall: Mean | null, excess: Mean | null): MethodSanity["verdict"] {
  if (overall === null || overall.low === null || overall.high === null) return "undecided";
  if (overall.high < halfway || (excess !== null && excess.mean <= 0)) return "passes";
  return overall.low > halfway && (excess?.low ?? 0) > 0 ? "fails" : "undecided";
}

/** How many layers are randomised after each step. */
function depthsOf(layers: number, steps: number): number[] {
  const count = Math.min(layers, steps);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * layers) / count));
}

async function withExplainers<Result>(
  model: Model,
  methods: readonly (string | CamMethod)[],
  options: ExplainerOptions,
  action: (explainers: readonly Explainer[]) => Promise<Result>,
): Promise<Result> {
  const explainers: Explainer[] = [];
  try {
    for (const method of methods) explainers.push(await createExplainer(model, { ...options, method }));
    return await action(explainers);
  } finally {
    for (const explainer of explainers) await explainer.close();
  }
}

async function predictedBy(explainer: Explainer, images: readonly Tensor[]): Promise<number[]> {
  const classes: number[] = [];
  for (const image of images) classes.push((await explainer.explain(image)).at(0).predicted.index);
  return classes;
}

async function mapsOf(
  explainer: Explainer,
  images: readonly Tensor[],
  targets: readonly number[],
): Promise<FloatMap[]> {
  const maps: FloatMap[] = [];
  for (const [i, image] of images.entries())
    maps.push(mapOf(await explainer.explain(image, { labels: [at(targets, i)] }), 0));
  return maps;
}

/** Each at its neighbour's place. */
function rotated(maps: readonly FloatMap[]): FloatMap[] {
  return maps.map((_, i) => at(maps, (i + 1) % maps.length));
}

/** The longer side of maps whose structure is compared: the window of eleven pixels then spans two fifths of it. */
const shownSide = 28;

/** Two maps of one image. */
export interface ComparedMaps {
  /** Undefined where one of them is the same everywhere. */
  readonly rankCorrelation: number | undefined;
  readonly ssim: number;
  /** The second one is zero everywhere. */
  readonly blank: boolean;
}

/** Compares maps pair by pair. */
export function comparedMaps(before: readonly FloatMap[], after: readonly FloatMap[]): ComparedMaps[] {
  return before.map((a, i) => {
    const b = at(after, i);
    return {
      rankCorrelation: rankCorrelation(a.values, b.values),
      ssim: structuralSimilarity(displayMap(a), displayMap(b)),
      blank: mapPeak(b) === 0,
    };
  });
}

export function similarityOf(pairs: readonly ComparedMaps[]): MapSimilarity {
  return {
    rankCorrelation: bootstrapMean(pairs.flatMap(({ rankCorrelation }) => rankCorrelation ?? [])),
    ssim: bootstrapMean(pairs.map(({ ssim }) => ssim)),
    blank: pairs.filter(({ blank }) => blank).length,
  };
}

function displayMap(map: FloatMap): FloatMap {
  const scale = shownSide / Math.max(map.width, map.height);
  const scaled = (size: number) => Math.max(1, Math.round(size * scale));
  return normalizeMap(resizeMap(map, scaled(map.width), scaled(map.height), { antialias: true }));
}
