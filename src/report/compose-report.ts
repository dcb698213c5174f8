/** @file Computes the measured parts of a report from what was gathered, in one run or in many parts. */

import { type CollectedReport, collectGathered, type ShownOptions } from "./collect/collect-report.js";
import { attackPlan, robustnessReport } from "./collect/collect-robustness.js";
import { mostTrusted, trustReport } from "./collect/collect-trust.js";
import type { Gathered } from "./collect/gather/gathered.js";
import type { ModelReport } from "./report-data.js";

export interface ComposeOptions extends ShownOptions {
  /** Breaks off between two steps; the reason of its abort is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export async function composeReport(gathered: Gathered, options: ComposeOptions): Promise<CollectedReport> {
  const report = await collectGathered(gathered, options);
  const { images, models, gallery, trust, attack = false } = gathered;
  const tested: ModelReport[] = [];
  for (const [i, model] of report.models.entries()) {
    options.signal?.throwIfAborted();
    const { sizes, examples, images: most } = attackPlan;
    const indices = attack ? images.firstByRank(most) : [];
    const outcomes = attack ? await gallery.get("attack", i, indices) : undefined;
    options.signal?.throwIfAborted();
    const measured = trust && (await gallery.get("trust", i, images.firstByRank(mostTrusted)));
    tested.push({
      ...model,
      ...(outcomes && models[i]
        ? { robustness: robustnessReport(models[i], outcomes, { indices, nameOf: images.nameOf, sizes, examples }) }
        : {}),
      ...(trust && measured ? { trust: trustReport(measured, trust(i)) } : {}),
    });
  }
  return { ...report, models: tested };
}
