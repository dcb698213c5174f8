/** @file The folders of the files that belong to a model. */

import { basename, dirname, resolve } from "node:path";

/** The folders of the files that belong to a model: its own, and the one above where that is called `onnx`. */
export function settingsFolders(modelPath: string): string[] {
  const folder = dirname(modelPath);
  const whole = resolve(folder);
  return basename(whole).toLowerCase() === "onnx" ? [folder, dirname(whole)] : [folder];
}
