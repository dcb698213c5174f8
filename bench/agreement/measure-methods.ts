/** @file How far every two methods agree on a network's images, what each costs, and whether its map changes with the class. */

import { compareGrids } from "../../src/evaluate/agreement/compare-grids.js";
import { gridOf } from "../../src/evaluate/agreement/cost.js";
import { onGrid } from "../../src/evaluate/agreement/family-methods.js";
import { mean } from "../../src/evaluate/statistics/sums.js";
import { methodOptions } from "../../src/explain/compare-methods.js";
import type { CamMethod } from "../../src/explain/method.js";
import { familyOf } from "../../src/explain/methods/families.js";
import { methods } from "../../src/explain/methods/index.js";
import { FoveaError } from "../../src/foundation/error.js";
import { at } from "../../src/foundation/present.js";
import type { FloatMap } from "../../src/image/map/heatmap.js";
import type { Subject } from "./subjects.js";

/** A method on one network; plain data. */
export interface MeasuredMethod {
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly classBlind: boolean;
  /** Beside plain inference: of one image, median. */
  readonly cost: number;
  /** Mean rank correlation of the maps of the best class and of the second; null where one is even. */
  readonly acrossClasses: number | null;
}

/** Two methods on one network. */
export interface MeasuredPair {
  readonly methods: readonly [string, string];
  /** Means over images. */
  readonly correlation: number;
  readonly overlap: number;
}

export interface MeasuredSubject {
  readonly subject: string;
  readonly images: string;
  readonly methods: readonly MeasuredMethod[];
  readonly pairs: readonly MeasuredPair[];
  readonly refused: readonly string[];
  /** The share of pairs that pass for agreement though the second map is that of the next image. */
  readonly ofOtherImages: number;
}

interface Maps {
  readonly method: CamMethod;
  /** Of the best class, for each image. */
  readonly best: readonly FloatMap[];
  readonly second: readonly FloatMap[];
  readonly milliseconds: number;
}

export async function measureSubject({ name, images, open }: Subject): Promise<MeasuredSubject> {
  const { model, inputs } = await open();
  const classifier = model.classifier();
  const inference = await medianTime(inputs, (input) => classifier.classify(input));
  await classifier.close();
  const all: Maps[] = [];
  const refused: string[] = [];
  for (const method of methods) {
    const explainer = await model.explainer({ ...methodOptions(method, {}), method }).catch(expected);
    if (explainer === undefined) {
      refused.push(method.name);
      continue;
    }
    const [best, second]: [FloatMap[], FloatMap[]] = [[], []];
    const one = async (input: (typeof inputs)[number]) => explainer.explain(input, { classes: [{ rank: 1 }] });
    const milliseconds = await medianTime(inputs.slice(0, 3), one);
    for (const input of inputs) {
      const { evidence } = (await explainer.explain(input, { classes: [{ rank: 1 }, { rank: 2 }] })).at(0);
      best.push(onGrid(evidence(0), gridOf(model, input)));
      second.push(onGrid(evidence(1), gridOf(model, input)));
    }
    await explainer.close();
    all.push({ method, best, second, milliseconds });
    console.error(`${name}: ${method.name}, ${milliseconds.toFixed(0)} ms`);
  }
  return {
    ...{ subject: name, images, refused },
    methods: all.map((maps) => measured(maps, inference)),
    pairs: all.flatMap((a, i) => all.slice(i + 1).flatMap((b) => pairOf(a, b))),
    ofOtherImages: falseAgreement(all.filter(({ method }) => !method.baseline && !method.classBlind)),
  };
}

/** @throws what is no refusal of a method for a model */
function expected(error: unknown): undefined {
  if (!(error instanceof FoveaError)) throw error;
}

async function medianTime<Input>(inputs: readonly Input[], run: (input: Input) => Promise<unknown>): Promise<number> {
  await run(at(inputs, 0));
  const times: number[] = [];
  for (const input of inputs) {
    const began = performance.now();
    await run(input);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function measured({ method, best, second, milliseconds }: Maps, inference: number): MeasuredMethod {
  const { name, title, classBlind = false } = method;
  const pairs = best.flatMap((map, i) => compareGrids(map, at(second, i)) ?? []);
  const acrossClasses = pairs.length > 0 ? rounded(mean(pairs.map(({ correlation }) => correlation))) : null;
  return { name, title, family: familyOf(method), classBlind, cost: rounded(milliseconds / inference), acrossClasses };
}

function pairOf(a: Maps, b: Maps): MeasuredPair[] {
  const compared = a.best.flatMap((map, i) => compareGrids(map, at(b.best, i)) ?? []);
  if (compared.length === 0) return [];
  return [
    {
      methods: [a.method.name, b.method.name],
      correlation: rounded(mean(compared.map(({ correlation }) => correlation))),
      overlap: rounded(mean(compared.map(({ overlap }) => overlap))),
    },
  ];
}

/** Maps beside those of other families for the next image. */
function falseAgreement(all: readonly Maps[]): number {
  const pairs = all.flatMap((a) =>
    all
      .filter((b) => familyOf(b.method) !== familyOf(a.method))
      .flatMap((b) => a.best.flatMap((map, i) => compareGrids(map, at(b.best, (i + 1) % b.best.length)) ?? [])),
  );
  return rounded(pairs.filter(({ pValue }) => pValue <= 0.05).length / pairs.length);
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
