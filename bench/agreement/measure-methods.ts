/** @file How far every two methods agree on a network's images, and whether their maps change with the class. */

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
  /** Samples or steps that it took, of methods that take some. */
  readonly samples: number | undefined;
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
}

interface Maps {
  readonly method: CamMethod;
  /** Of the best class, for each image. */
  readonly best: readonly FloatMap[];
  readonly second: readonly FloatMap[];
}

export async function measureSubject({ name, images, open }: Subject): Promise<MeasuredSubject> {
  const { model, inputs } = await open();
  const all: Maps[] = [];
  const refused: string[] = [];
  for (const method of methods) {
    const explainer = await model.explainer({ ...optionsOf(method), method }).catch(expected);
    if (explainer === undefined) {
      refused.push(method.name);
      continue;
    }
    const [best, second]: [FloatMap[], FloatMap[]] = [[], []];
    for (const input of inputs) {
      const { evidence } = (await explainer.explain(input, { classes: [{ rank: 1 }, { rank: 2 }] })).at(0);
      best.push(onGrid(evidence(0), gridOf(model, input)));
      second.push(onGrid(evidence(1), gridOf(model, input)));
    }
    await explainer.close();
    all.push({ method, best, second });
    console.error(`${name}: ${method.name}`);
  }
  return {
    ...{ subject: name, images, refused },
    methods: all.map((maps) => measured(maps)),
    pairs: all.flatMap((a, i) => all.slice(i + 1).flatMap((b) => pairOf(a, b))),
  };
}

/** Samples or steps of methods that differentiate each: fewer than by default, for the time that it takes. */
const fewSamples = 16;

function optionsOf(method: CamMethod) {
  return methodOptions(method, "sampling" in method ? { samples: fewSamples } : {});
}

/** @throws what is no refusal of a method for a model */
function expected(error: unknown): undefined {
  if (!(error instanceof FoveaError)) throw error;
}

function measured({ method, best, second }: Maps): MeasuredMethod {
  const { name, title, classBlind = false } = method;
  const pairs = best.flatMap((map, i) => compareGrids(map, at(second, i)) ?? []);
  const acrossClasses = pairs.length > 0 ? rounded(mean(pairs.map(({ correlation }) => correlation))) : null;
  return {
    name,
    title,
    family: familyOf(method),
    classBlind,
    acrossClasses,
    samples: optionsOf(method).samples,
  };
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

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
