/** @file Goes through the inputs of a command, of which single ones may fail. */

import type { FoundInput } from "../../data/find-inputs.js";
import { FoveaError, namedError } from "../../foundation/error.js";
import type { Job, OnProgress, Outcome } from "../terminal/job.js";

/** Inputs that were found. */
interface Inputs {
  readonly inputs: readonly FoundInput[];
  /** There may be more than one: one that fails then does not stop the others. */
  readonly many: boolean;
}

/**
 * Works on each input in turn. @param what the work, e.g. `reading maps` @param work is told whether none was done before
 * @throws FoveaError of an input that is the only one
 */
export async function eachInput(
  job: Job,
  { inputs, many }: Inputs,
  what: string,
  work: (source: FoundInput, isFirst: boolean, onProgress: OnProgress) => Promise<void>,
): Promise<Outcome> {
  const total = inputs.length;
  let done = 0;
  await job.each(
    { what, total },
    async function* () {
      yield* inputs;
    },
    async (source, onProgress) => {
      try {
        if (source.error) throw source.error;
        await work(source, done === 0, onProgress);
        done++;
      } catch (error) {
        if (!(error instanceof FoveaError)) throw error;
        const named = namedError(source.path, error);
        if (!many) throw named;
        job.fail(named.message);
      }
      return undefined;
    },
  );
  return { failed: `of ${total} inputs failed`, stopped: `fovea: stopped after ${done} of ${total} inputs` };
}
