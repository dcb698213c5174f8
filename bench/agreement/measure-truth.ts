/** @file Whether agreement says that a map is right, where that is known: two drawn shapes of different classes in opposite halves. */

import { runtime } from "../../src/cli/platform.js";
import { drawTwoShapes } from "../../src/data/two-shapes.js";
import { openFamilies } from "../../src/evaluate/agreement/compare-families.js";
import { type AgreementVerdict, type FamilyMap, judgeFamilies } from "../../src/evaluate/agreement/judge-families.js";
import { mean } from "../../src/evaluate/statistics/sums.js";
import { evidenceInside } from "../../src/evaluate/trial/evidence.js";
import { methodOptions } from "../../src/explain/compare-methods.js";
import type { Explanation } from "../../src/explain/explanation.js";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import type { CamMethod } from "../../src/explain/method.js";
import { familyOf } from "../../src/explain/methods/families.js";
import { methodNamed, methods } from "../../src/explain/methods/index.js";
import { loadModel } from "../../src/explain/node.js";
import { FoveaError } from "../../src/foundation/error.js";
import { at } from "../../src/foundation/present.js";
import { resizeMap } from "../../src/image/picture/resize.js";
import type { Tensor } from "../../src/onnx/tensor.js";
import { inputsOf, own } from "./subjects.js";

/** A map whose truth is known, and what the families say of it; plain data. */
interface JudgedMap {
  readonly method: string;
  /** The share of what is above zero in the half where its class is. */
  readonly share: number;
  /** Mean rank correlation with the maps of other families. */
  readonly agreement: number;
  readonly verdict: AgreementVerdict;
}

export interface MeasuredTruth {
  readonly images: number;
  readonly maps: number;
  /** From this share in the right half on a map is right. */
  readonly least: number;
  /** The chance that a right map agrees more than a wrong one. */
  readonly auroc: number;
  /** Of maps with each verdict, how many there are, and which share is right. */
  readonly verdicts: Readonly<Record<string, { readonly maps: number; readonly right: number }>>;
  /** By method: the mean share in the right half, and the share of its maps with which families agree. */
  readonly methods: readonly { readonly method: string; readonly share: number; readonly agree: number }[];
}

const least = 0.75;

/** @param count of images, each with two classes */
export async function measureTruth(count: number): Promise<MeasuredTruth> {
  const model = await loadModel(own("shapes.onnx"), { runtime });
  const { test } = drawTwoShapes({ test: 2 * count, seed: 3 });
  // Each image is there twice, for either class.
  const inputs = (await inputsOf(model, test, 2 * count)).filter((_, i) => i % 2 === 0);
  const classes = inputs.map((_, i) => [at(test.labels, 2 * i), at(test.labels, 2 * i + 1)]);
  const spoken = await familiesOf(model, inputs, classes);
  const judged: JudgedMap[] = [];
  const shownBy = async (method: CamMethod, swapped: boolean, name: string) => {
    const explainer = await model.explainer({ ...methodOptions(method, {}), method });
    for (const [i, input] of inputs.entries()) {
      const explanation = await explainer.explain(input, { classes: at(classes, i) });
      for (const [k, maps] of at(spoken, i).entries()) {
        const of = swapped ? 1 - k : k;
        const map = shownMap(explanation, of, method, at(maps, 0).grid);
        const { shown } = judgeFamilies(maps, [], map);
        // Regions are compared, not pixels: of cells of 6 by 6 pixels, where those for and against the class have cancelled.
        const values = map.grid.values.map((value) => Math.max(0, value));
        const drawn = resizeMap({ ...map.grid, values }, test.width, test.height);
        const share = evidenceInside(drawn, test.boxes?.[2 * i + k] ?? []);
        if (shown === undefined || shown.pairs.length === 0 || share === undefined) continue;
        const agreement = mean(shown.pairs.map(({ correlation }) => correlation));
        judged.push({ method: name, share, agreement, verdict: shown.verdict });
      }
    }
    await explainer.close();
  };
  for (const method of methods) await shownBy(method, false, method.name).catch(expected);
  await shownBy(methodNamed("hires-cam"), true, "hires-cam of the other class");
  await shownBy(methodNamed("integrated-gradients"), true, "integrated-gradients of the other class");
  return summary(judged, count);
}

/** The maps of the three families, of each class of each image. */
async function familiesOf(
  model: LoadedModel,
  inputs: readonly Tensor[],
  classes: readonly (readonly number[])[],
): Promise<(readonly FamilyMap[])[][]> {
  const families = openFamilies(model);
  const all: (readonly FamilyMap[])[][] = [];
  for (const [i, input] of inputs.entries()) {
    const [compared = []] = await families.compare(input, [at(classes, i)]);
    all.push(compared.map(({ maps }) => maps));
  }
  await families.close();
  return all;
}

function expected(error: unknown): undefined {
  if (!(error instanceof FoveaError)) throw error;
}

function shownMap(explanation: Explanation, k: number, method: CamMethod, like: FamilyMap["grid"]): FamilyMap {
  const grid = resizeMap(explanation.at(0).evidence(k), like.width, like.height, { antialias: true });
  return { family: familyOf(method), method: method.name, title: method.title, grid };
}

function summary(judged: readonly JudgedMap[], images: number): MeasuredTruth {
  const isRight = ({ share }: JudgedMap) => share >= least;
  const [right, wrong] = [judged.filter(isRight), judged.filter((map) => !isRight(map))];
  const wins = right.reduce((sum, a) => sum + wrong.reduce((all, b) => all + winOf(a.agreement, b.agreement), 0), 0);
  const names = [...new Set(judged.map(({ method }) => method))];
  const verdicts = (["agree", "partly", "disagree"] as const).map((verdict) => {
    const maps = judged.filter((map) => map.verdict === verdict);
    return [verdict, { maps: maps.length, right: rounded(maps.filter(isRight).length / maps.length) }] as const;
  });
  return {
    ...{ images, maps: judged.length, least },
    auroc: rounded(wins / (right.length * wrong.length)),
    verdicts: Object.fromEntries(verdicts),
    methods: names.map((method) => {
      const maps = judged.filter((map) => map.method === method);
      const agree = maps.filter(({ verdict }) => verdict === "agree").length / maps.length;
      return { method, share: rounded(mean(maps.map(({ share }) => share))), agree: rounded(agree) };
    }),
  };
}

function winOf(a: number, b: number): number {
  return a > b ? 1 : a === b ? 0.5 : 0;
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
