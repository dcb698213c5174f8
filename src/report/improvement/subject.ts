/** @file The model that an improvement began with, among those of a report. */

import type { ImprovementReport } from "../improvement-data.js";
import type { ModelReport } from "../report-data.js";

/** Its place; undefined where it is none of them. */
export function subjectAmong(
  models: readonly Pick<ModelReport, "name">[],
  improvement: ImprovementReport | undefined,
): number | undefined {
  const index = models.findIndex(({ name }) => improvement?.subject.startsWith(`${name} on `));
  return index < 0 ? undefined : index;
}

/** The models, of which the one that goes by a verified cue has no say about labels: it contradicts right ones where the cue is another class's. */
export function withoutMisled(models: readonly ModelReport[], improvement: ImprovementReport): ModelReport[] {
  const misled = improvement.hypotheses.some(({ verdict }) => verdict?.verified)
    ? subjectAmong(models, improvement)
    : undefined;
  return models.map((model, i) => (i === misled ? withoutSay(model) : model));
}

function withoutSay({ confidence, errors, ...model }: ModelReport): ModelReport {
  return {
    ...model,
    ...(confidence ? { confidence: { ...confidence, isMisled: true } } : {}),
    ...(errors ? { errors: errors.map(({ doubtful, ...error }) => error) } : {}),
  };
}
