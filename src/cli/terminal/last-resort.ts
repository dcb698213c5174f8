/** @file The end of a program that cannot go on: one line, an exit code, and nothing half-written. */

import { removeTemporaries } from "../../files/write/temporary.js";
import { environment } from "../environment.js";
import { failureOf } from "./failure.js";
import { exitCodes } from "./job.js";
import { screen } from "./print.js";

/** Ends the program. With `FOVEA_DEBUG` it tells where the error arose. */
export function endWith(error: unknown): never {
  const { message, isInternal } = failureOf(error);
  screen.error(`fovea: ${message}`);
  if (environment().debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  removeTemporaries();
  process.exit(isInternal ? exitCodes.fault : exitCodes.badInput);
}

/** Errors that nothing waits for end the program like all others. */
export function watchFailures(): void {
  if (process.listeners("uncaughtException").includes(endWith)) return;
  process.on("uncaughtException", endWith);
  process.on("unhandledRejection", endWith);
}
