/** @file Sanity checks: whether maps change when the network's learnt weights are replaced. */

import { type CamMethod, defaultMethod } from "../../explain/method.js";
import type { ExplainerOptions } from "../../explain/options.js";
import { FoveaError } from "../../foundation/error.js";
import { at, present } from "../../foundation/present.js";
import { type FloatMap, mapPeak } from "../../image/map/heatmap.js";
import type { Model } from "../../model/model.js";
import type { Tensor } from "../../onnx/tensor.js";
import type { Mean } from "../statistics/bootstrap.js";
import { mean } from "../statistics/sums.js";
import { type ComparedMaps, comparedMaps, type MapSimilarity } from "./compare-maps.js";
import { crossedMean } from "./crossed-mean.js";
import { mapsOfImages, withExplainers } from "./maps-of-images.js";
import { likenessOfImages } from "./other-images.js";
import { type WeightLayer, weightLayers, withRandomWeights } from "./randomise-weights.js";
import { type SanityVerdict, sanityVerdict } from "./sanity-verdict.js";

export interface SanityCheckOptions extends Omit<ExplainerOptions, "method" | "include"> {
  /** Default `grad-cam`. */
  readonly methods?: readonly (string | CamMethod)[];
  /** Of the random weights. Default 1. */
  readonly seed?: number;
  /** How often the random weights are drawn; from one draw alone there is no verdict. Default 5. */
  readonly draws?: number;
  /** In how many steps the network is randomised: where it has more layers with weights, several at a time. Default 4. */
  readonly steps?: number;
  /** Called before each network; an error thrown from it ends the check. */
  readonly onNetwork?: (network: number, networks: number) => void;
}

export interface SanityStep extends MapSimilarity {
  /** The layer that was randomised; in the cascade the last of those that were. */
  readonly layer: string;
}

/** How much a method's maps depend on the weights; plain data. */
export interface MethodSanity {
  readonly method: string;
  readonly title: string;
  /** How often random weights were drawn. */
  readonly draws: number;
  /** Images, and those of them whose map is blank with the learnt weights already: they are left out. */
  readonly images: number;
  readonly blankImages: number;
  /** Layers from the scores down to the image randomised one after the other, those before staying so; all but the last step. */
  readonly cascading: readonly SanityStep[];
  /** One layer at a time, all others as they were learnt. */
  readonly independent: readonly SanityStep[];
  /** All layers randomised: the last step of the cascade. */
  readonly full: MapSimilarity;
  /** How alike the untouched network's maps of different images are: the likeness that maps have anyway. */
  readonly otherImages: MapSimilarity;
  /** Rank correlation over all steps of the cascade; null where there are none, or nothing could be compared. */
  readonly overall: Mean | null;
  readonly verdict: SanityVerdict;
}

/**
 * Measures whether maps change when the weights are randomised. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 3: model parameter randomisation. The class is the one that the
 * untouched network predicts. Weights are drawn with the mean and deviation of the learnt ones, several times; normalisations
 * keep theirs. Intervals are over draws and images. A pass is necessary and not sufficient (Binder et al., CVPR 2023; Hedström et al.,
 * arXiv 2024; Yona and Greenfeld, arXiv 2021): see `SanityVerdict`.
 * @param images the model's input, one image each
 * @throws FoveaError `bad-input` for no draw, and as `createExplainer` and `weightLayers` do
 */
export async function checkSanity(
  model: Model,
  images: readonly Tensor[],
  options: SanityCheckOptions,
): Promise<MethodSanity[]> {
  const { methods = [defaultMethod], seed = 1, draws = 5, steps = 4, onNetwork, ...explaining } = options;
  if (!(Number.isSafeInteger(draws) && draws > 0))
    throw new FoveaError("bad-input", `draws: expected a whole number above 0, got ${draws}`);
  const variants = variantsOf(weightLayers(model), steps);
  const networks = draws * variants.length + 1;
  onNetwork?.(0, networks);
  const learnt = await withExplainers(model, methods, explaining, async (explainers) => {
    const [first, ...others] = explainers;
    const { maps, predicted } = await mapsOfImages(present(first, "a method"), images);
    const all = [maps];
    for (const explainer of others) all.push((await mapsOfImages(explainer, images, predicted)).maps);
    return { classes: predicted, maps: all, methods: explainers.map(({ method }) => method) };
  });
  /** By variant and method, a row of compared images for each draw. */
  const compared = variants.map(() => learnt.maps.map((): ComparedMaps[][] => []));
  for (let draw = 0; draw < draws; draw++) {
    for (const [v, { layers }] of variants.entries()) {
      onNetwork?.(draw * variants.length + v + 1, networks);
      const random = withRandomWeights(model, layers, `${seed}/draw ${draw}`);
      await withExplainers(random, methods, explaining, async (explainers) => {
        for (const [m, explainer] of explainers.entries()) {
          const { maps } = await mapsOfImages(explainer, images, learnt.classes);
          at(at(compared, v), m).push(comparedMaps(at(learnt.maps, m), maps));
        }
      });
    }
  }
  return learnt.methods.map(({ name, title }, m) => {
    const maps = at(learnt.maps, m);
    const tables = compared.map((ofVariant) => at(ofVariant, m));
    const blankImages = maps.filter((map) => mapPeak(map) === 0).length;
    return { method: name, title, draws, images: images.length, blankImages, ...judged(variants, tables, maps) };
  });
}

type Mode = "cascading" | "independent" | "full";

/** A network with some of its layers randomised. */
interface Variant {
  /** What it is a step of: with one layer randomised both are the same network. */
  readonly modes: readonly Mode[];
  readonly layers: readonly WeightLayer[];
  readonly last: string;
}

function variantsOf(layers: readonly WeightLayer[], steps: number): Variant[] {
  const variant = (modes: readonly Mode[], first: number, end: number): Variant => ({
    modes,
    layers: layers.slice(first, end),
    last: at(layers, end - 1).name,
  });
  return depthsOf(layers.length, steps).flatMap((depth) => {
    const mode = depth === layers.length ? "full" : "cascading";
    if (depth === 1) return [variant([mode, "independent"], 0, 1)];
    return [variant([mode], 0, depth), variant(["independent"], depth - 1, depth)];
  });
}

/** How many layers are randomised after each step. */
function depthsOf(layers: number, steps: number): number[] {
  const count = Math.min(layers, steps);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * layers) / count));
}

/** Rows of compared images, one for each draw of random weights. */
type Table = readonly (readonly ComparedMaps[])[];

function judged(variants: readonly Variant[], tables: readonly Table[], maps: readonly FloatMap[]) {
  const steps = (mode: Mode) =>
    variants.flatMap(({ modes, last }, v) => (modes.includes(mode) ? [{ layer: last, table: at(tables, v) }] : []));
  const described = (mode: Mode): SanityStep[] =>
    steps(mode).map(({ layer, table }) => ({ layer, ...crossedSimilarity(table) }));
  const cascade = steps("cascading").map(({ table }) => table.map((row) => row.map(ranks)));
  const overall = crossedMean(meanTable(cascade));
  const full = crossedSimilarity(steps("full").flatMap(({ table }) => table));
  const otherImages = likenessOfImages(maps);
  const verdict = sanityVerdict({
    cascade: overall,
    full: full.rankCorrelation,
    otherImages: otherImages.rankCorrelation,
  });
  return {
    cascading: described("cascading"),
    independent: described("independent"),
    ...{ full, otherImages, overall, verdict },
  };
}

const ranks = ({ rankCorrelation }: ComparedMaps) => rankCorrelation;

function crossedSimilarity(table: Table): MapSimilarity {
  return {
    rankCorrelation: crossedMean(table.map((row) => row.map(ranks))),
    ssim: crossedMean(table.map((row) => row.map(({ ssim }) => ssim))),
    blank: table.flat().filter(({ blank }) => blank).length,
  };
}

/** The mean of tables of one size, place by place. */
function meanTable(tables: readonly (readonly (readonly number[])[])[]): number[][] {
  return (tables[0] ?? []).map((row, r) => row.map((_, c) => mean(tables.map((table) => at(at(table, r), c)))));
}
