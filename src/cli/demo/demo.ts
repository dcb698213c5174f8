/** @file Tells the whole story: a biased network is found out, repaired and proved; then another architecture, under its true name. */

import { resolve } from "node:path";
import { duration } from "../../foundation/words.js";
import { exitCodes, type Job } from "../terminal/job.js";
import { print, printLines } from "../terminal/print.js";
import { compareArchitectures } from "./architectures.js";
import { improveStamped } from "./improve-stamped.js";

export interface DemoOptions {
  /** Folder of models, pictures and reports. */
  readonly out: string;
  readonly seed: number;
  /** Images that each network learns from. */
  readonly images: number;
  /** The command line, for the files' metadata. */
  readonly command: string;
}

/** @returns the exit code; 3 where nothing was verified or proved, and the rest is told all the same */
export async function demo(job: Job, options: DemoOptions): Promise<number> {
  const began = performance.now();
  print("Fovea shows where a vision model looks, and makes it better. This is the whole story on drawn digits.");
  const improved = await improveStamped(job, options);
  if (improved.report === undefined) return improved.code;
  printLines(["", "5. Another architecture, on digits without a stamp: no bias is repaired here"]);
  const architectures = await compareArchitectures(job, options);
  if (architectures === undefined) return job.stoppedCode;
  const took = duration(performance.now() - began);
  printLines(["", `Done in ${took}. Open the reports in a browser:`, resolve(improved.report), resolve(architectures)]);
  return improved.code === exitCodes.nothingProved ? exitCodes.nothingProved : exitCodes.done;
}
