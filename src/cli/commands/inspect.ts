/** @file `fovea inspect`: what a model file holds. */

import { Command } from "commander";
import { FoveaError } from "../../error.js";
import {
  type ChosenPreprocessing,
  chooseLayer,
  explainableLayers,
  type Model,
  networkLayers,
  parameterCount,
  preprocessingOf,
} from "../../explain/index.js";
import { printGraph, printType } from "../../onnx/index.js";
import { grouped, print, printJson, runCommand, table } from "../console.js";
import { modelAt, provenanceLine } from "../models.js";

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("Show a model's inputs, outputs, parameters, and the layers that can be explained.")
    .argument("[model]", "an ONNX file; default the embedded digit model")
    .option("--graph", "print every node")
    .option("--json", "print machine-readable output")
    .addHelpText("after", "\nExamples:\n  fovea inspect m.onnx\n  fovea inspect m.onnx --graph")
    .action((path: string | undefined, options: { graph?: boolean; json?: boolean }) =>
      runCommand(async () => {
        const { name, model } = await modelAt(path);
        const { graph, input, scores, ending, card } = model;
        if (options.graph) {
          print(printGraph(graph));
          return;
        }
        const layers = explainableLayers(model);
        const chosen = layers.length > 0 ? chooseLayer(model, "auto").name : undefined;
        const parameters = parameterCount(graph);
        const known = preprocessingKnown(model);
        if (options.json) {
          const { inputs, outputs } = graph;
          printJson({
            inputs,
            outputs,
            scores,
            ending,
            parameters,
            classes: card.classes,
            preprocessing: known?.preprocessing,
            provenance: card.provenance,
            layers,
            auto: chosen,
            network: networkLayers(graph),
          });
          return;
        }
        print(`${name} (${provenanceLine(model)})`);
        for (const [key, value] of Object.entries(card.provenance ?? {}))
          print(`  ${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
        print(`input         ${input.name} : ${printType(input.type, input.dims)}`);
        for (const output of graph.outputs)
          print(`output        ${output.name} : ${printType(output.type, output.dims)}`);
        print(`scores        ${scores}${ending === "none" ? "" : ` (before the final ${ending})`}`);
        print(`parameters    ${grouped(parameters)}`);
        print(
          `preprocessing ${known ? describePreprocessing(known) : "none: no images of 1 or 3 channels; give arrays"}`,
        );
        if (card.classes) print(`classes       ${card.classes.join(", ")}`);
        print();
        print("layers that can be explained (* is taken by --layer auto)");
        const rows = layers.map((layer) => [
          layer.name === chosen ? "*" : "",
          layer.name,
          layer.op,
          layer.dims.slice(1).join("x"),
        ]);
        print(table(["", "name", "operator", "shape"], rows));
      }),
    );
}

/** Undefined for inputs that are no pictures. */
function preprocessingKnown(model: Model): ChosenPreprocessing | undefined {
  try {
    return preprocessingOf(model);
  } catch (error) {
    if (error instanceof FoveaError) return undefined;
    throw error;
  }
}

function describePreprocessing({ preprocessing, origin }: ChosenPreprocessing): string {
  const { width, height, channels } = preprocessing;
  return `${width}x${height}, ${channels === 1 ? "grey" : "RGB"} (${origin})`;
}
