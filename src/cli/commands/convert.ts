/** @file `fovea convert`: a Keras or TensorFlow.js model as an ONNX file. */

import { resolve } from "node:path";
import { Command } from "commander";
import { writeFileAtomically } from "../../files/atomic.js";
import { graphAt } from "../../formats/node.js";
import { FoveaError } from "../../foundation/error.js";
import { withModelCard } from "../../model/card.js";
import { labelsAt, sidecarBeside } from "../../model/node.js";
import { runInputs } from "../../onnx/graph.js";
import { printType } from "../../onnx/print.js";
import { writeModel } from "../../onnx/write.js";
import { print, runCommand } from "../terminal/console.js";

export function convertCommand(): Command {
  return new Command("convert")
    .description("Write a Keras (.keras, .h5) or TensorFlow.js (model.json) model as an ONNX file.")
    .argument("<model>", "a .keras, .h5, .hdf5 or model.json file")
    .argument("<out>", "the ONNX file to write")
    .option(
      "--labels <file>",
      "class names, one per line, or a JSON list; default: what stands beside the model, if anything",
    )
    .addHelpText(
      "after",
      "\nImages go in as in Keras, [N, H, W, C]; values bear the names of the layers, outer/inner in models inside the model.\n\n" +
        "Examples:\n  fovea convert pets.keras pets.onnx\n  fovea convert pets.h5 pets.onnx --labels names.txt",
    )
    .action((path: string, out: string, { labels }: { readonly labels?: string }) =>
      runCommand(async () => {
        const graph = await graphAt(path);
        if (graph === undefined) {
          throw new FoveaError(
            "bad-file",
            `${path}: expected a .keras, .h5, .hdf5 or model.json file, got something else`,
          );
        }
        if (resolve(path) === resolve(out)) {
          throw new FoveaError("bad-input", `${out}: expected another file than the model, got the same`);
        }
        const classes = labels === undefined ? (await sidecarBeside(path))?.classes : await labelsAt(labels);
        const count = graph.outputs[0]?.dims?.at(-1);
        // One output is one logit of two classes.
        const expected = count === 1 ? 2 : count;
        if (classes && typeof expected === "number" && classes.length !== expected) {
          throw new FoveaError("bad-file", `${path}: class names: expected ${expected}, got ${classes.length}`);
        }
        await writeFileAtomically(out, writeModel(withModelCard(graph, classes ? { classes } : {})));
        for (const { name, type, dims } of runInputs(graph)) print(`input   ${name} : ${printType(type, dims)}`);
        for (const { name, type, dims } of graph.outputs) print(`output  ${name} : ${printType(type, dims)}`);
        print(`wrote ${out}`);
      }),
    );
}
