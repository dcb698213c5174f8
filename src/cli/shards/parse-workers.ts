/** @file How many child processes share the work. */

import { availableParallelism } from "node:os";
import { FoveaError } from "../../foundation/error.js";

const mostWorkers = 256;

/** @param text a number, or `auto` for as many as the machine has cores. @throws FoveaError `bad-input` */
export function parseWorkers(text: string): number {
  if (text === "auto") return availableParallelism();
  const workers = Number(text);
  if (/^\d+$/.test(text) && workers >= 1 && workers <= mostWorkers) return workers;
  throw new FoveaError(
    "bad-input",
    `--workers: expected a whole number from 1 to ${mostWorkers}, or auto, got "${text}"`,
  );
}
