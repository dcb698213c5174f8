/** @file How often families agree about an image, and how often they seem to with the map of another image, which is chance. */

import { openFamilies } from "../../src/evaluate/agreement/compare-families.js";
import {
  type ComparedPair,
  type FamiliesCompared,
  judgeFamilies,
} from "../../src/evaluate/agreement/judge-families.js";
import { groupBy } from "../../src/foundation/group-by.js";
import { at } from "../../src/foundation/present.js";
import type { Subject } from "./subjects.js";

/** On one network; plain data. */
export interface MeasuredChance {
  readonly subject: string;
  readonly images: string;
  /** How often three families agree, agree in part and disagree about the best class. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** The share of pairs of families that agree, where each must by itself, at 5 %: of one image, and of an image and the next. */
  readonly same: number;
  readonly other: number;
}

export async function measureChance({ name, images, open }: Subject): Promise<MeasuredChance> {
  const { model, inputs } = await open();
  const [families, explainer] = [openFamilies(model), await model.explainer()];
  const all: FamiliesCompared[] = [];
  for (const input of inputs) {
    const { predicted } = await explainer.explain(input);
    const [[compared] = []] = await families.compare(input, [predicted]);
    if (compared) all.push(compared);
  }
  await explainer.close();
  await families.close();
  const crossed = all.flatMap(({ maps }, i) =>
    maps.flatMap((map, a) =>
      at(all, (i + 1) % all.length).maps.flatMap((other, b) => (a < b ? judgeFamilies([map, other], []).pairs : [])),
    ),
  );
  const verdicts = groupBy(all, ({ verdict }) => verdict);
  return {
    ...{ subject: name, images },
    verdicts: Object.fromEntries([...verdicts].map(([verdict, some]) => [verdict, some.length])),
    same: shareOf(all.flatMap(({ pairs }) => pairs)),
    other: shareOf(crossed),
  };
}

function shareOf(pairs: readonly ComparedPair[]): number {
  return Number((pairs.filter(({ pValue }) => pValue <= 0.05).length / pairs.length).toFixed(3));
}
