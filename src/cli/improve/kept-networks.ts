/** @file Networks that were trained on the way, kept in a folder until the proof is written. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../../files/atomic.js";
import { readInput } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";
import type { Networks } from "../../improve/repair/repair-run.js";
import { readModel } from "../../onnx/read/read.js";
import { writeModel } from "../../onnx/write.js";

/** Networks in a folder, a file for each. @param labels what they are trained on, before their names */
export function keptNetworks(folder: string, labels: string): Networks & { remove(): Promise<void> } {
  const pathOf = (name: string) => join(folder, `${labels}-${name.replaceAll(/[^\w.-]/g, "_")}.onnx`);
  return {
    async load(name) {
      const path = pathOf(name);
      try {
        return readModel(await readInput(path, "model", path));
      } catch (error) {
        if (error instanceof FoveaError && error.code === "not-found") return undefined;
        throw error;
      }
    },
    save: (name, graph) => writeFileAtomically(pathOf(name), writeModel(graph)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
