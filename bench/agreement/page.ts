/** @file The parts of docs/choose-a-method.md that are written from measured agreement. */

import type { MeasuredSubject } from "./measure-methods.js";
import type { MeasuredTruth } from "./measure-truth.js";

export interface AgreementResults {
  readonly truth: MeasuredTruth | undefined;
  readonly subjects: readonly MeasuredSubject[];
}

export function withAgreement(markdown: string, _results: AgreementResults): string {
  return markdown;
}
