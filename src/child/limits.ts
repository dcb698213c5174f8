/** @file What a child may take. */

import { badInput } from "../foundation/check.js";

export interface ChildLimits {
  /** Seconds for one request. Default 60. */
  readonly seconds?: number | undefined;
  /** Bytes of memory that its process may hold. Default 4e9. */
  readonly bytes?: number | undefined;
}

/** The limits of whoever states none. */
export const usualLimits = { seconds: 60, bytes: 4e9 } as const;

/** Both limits. @throws FoveaError `bad-input` for those that are no positive numbers */
export function limitsOf({ seconds = usualLimits.seconds, bytes = usualLimits.bytes }: ChildLimits) {
  for (const [name, limit] of Object.entries({ seconds, bytes }))
    if (!(limit > 0)) throw badInput(name, "a positive number", limit);
  return { seconds, bytes };
}
