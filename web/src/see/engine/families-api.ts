/** @file How far families of methods agree about a map: what the page asks, and the answer. */

import type { AgreementVerdict, FamilyMap, SilentFamily } from "../../../../src/evaluate/agreement/judge-families.js";
import type { FloatMap } from "../../../../src/image/map/heatmap.js";
import type { Box } from "../../../../src/image/picture/resize.js";

export interface FamiliesRequest {
  readonly target: number;
  /** The map that is shown. */
  readonly evidence: FloatMap;
  /** Compared even where it takes long. */
  readonly isAsked: boolean;
}

export interface FamiliesView {
  /** About how many the comparison takes. */
  readonly inferences: number;
  /** Undefined where it was not asked for and takes long. */
  readonly answer?: FamiliesAnswer;
}

export interface FamiliesAnswer {
  readonly verdict: AgreementVerdict;
  /** On the map that is shown. */
  readonly onShown: AgreementVerdict;
  /** The verdict in words, the numbers behind it, and what the map that is shown adds to it. */
  readonly says: string;
  readonly numbers: string | undefined;
  readonly shown: string | undefined;
  readonly maps: readonly FamilyMap[];
  readonly silent: readonly SilentFamily[];
  /** The part of the picture that the maps cover. */
  readonly box: Box;
}
