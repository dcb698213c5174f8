/** @file Keeps the queue of labels out of the data: what people decide is no part of what they decide on. */

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { liesBelow, realPath } from "../../files/own-folder.js";
import { FoveaError } from "../../foundation/error.js";
import { isPath } from "../inputs/datasets.js";

/**
 * @param data a dataset's name, a folder of photos, or a list of them, whose folder counts then
 * @throws FoveaError `bad-input` for a file in the data's folder, links followed
 */
export function checkQueueFile(file: string, data: string): void {
  if (!isPath(data) || !existsSync(data)) return;
  const folder = realPath(statSync(data).isDirectory() ? data : dirname(resolve(data)));
  if (!liesBelow(folder, whereItWillBe(resolve(file)))) return;
  const expected = "expected a place outside of the data";
  throw new FoveaError(
    "bad-input",
    `--label-queue: ${expected}, got ${file}, which lies in ${data}: it is never written to`,
  );
}

/** The real path of a file that may not be there yet, nor its folders. */
function whereItWillBe(path: string): string {
  if (existsSync(path) || dirname(path) === path) return realPath(path);
  return join(whereItWillBe(dirname(path)), basename(path));
}
