/** @file The file of a model that a command is given: a path, or a name on the hub, which is downloaded when it is not there. */

import { existsSync } from "node:fs";
import { FoveaError } from "../../foundation/error.js";
import { count, percent } from "../../foundation/words.js";
import { isBareName, isHubName } from "../../hub/name.js";

/** What a download needs of a job. */
export interface Downloading {
  readonly signal: AbortSignal;
  heed<Result>(work: () => Promise<Result>): Promise<Result>;
  stage<Result>(
    what: string,
    work: (onProgress: (done: number, total: number, text?: string) => void) => Promise<Result>,
  ): Promise<Result>;
  note(line: string): void;
}

/** @throws FoveaError as `modelFromHub`; `not-found` for what may be meant as a name on the hub */
export async function modelFile(job: Downloading, given: string): Promise<string> {
  if (mayBeOnHub(given)) {
    const expected = `${given}: expected a file, got none there`;
    throw new FoveaError("not-found", `${expected}: a model of the Hugging Face hub is named hf:${given}`);
  }
  if (!isHubName(given)) return given;
  const { modelFromHub } = await import("../../hub/model-from-hub.js");
  const { signal } = job;
  return job.heed(() =>
    job.stage("downloading", (onProgress) =>
      modelFromHub(given, {
        signal,
        onNote: (line) => job.note(line),
        onProgress: (file, done, total) =>
          onProgress(done, total, `${file}, ${percent(total > 0 ? done / total : 1, 0)} of ${count(total)} bytes`),
      }),
    ),
  );
}

/** Whether a path of nothing reads as the name of a repository. */
export function mayBeOnHub(given: string): boolean {
  return isBareName(given) && !existsSync(given);
}
