/** @file `fovea inspect`: what a model file holds. */

import { Command } from "commander";
import { FoveaError } from "../../foundation/error.js";
import { count } from "../../foundation/words.js";
import { chooseLayer } from "../../model/layers/choose-layer.js";
import { explainableLayers } from "../../model/layers/find-layers.js";
import { describeLayout, layerSize } from "../../model/layers/layer.js";
import type { Model } from "../../model/model.js";
import { type ChosenPreprocessing, preprocessingOf } from "../../model/preprocessing.js";
import { networkLayers, parameterCount } from "../../model/summary.js";
import { printGraph, printType } from "../../onnx/print.js";
import { distancesTo } from "../../onnx/prune.js";
import { modelAt, modelLine } from "../inputs/models.js";
import {
  type GridFlags,
  gridOptions,
  loadOptions,
  type ModelOptions,
  withGridOptions,
  withModelOptions,
} from "../options/model-options.js";
import { print, printJson, runCommand, table } from "../terminal/console.js";

interface InspectOptions extends ModelOptions, GridFlags {
  readonly graph?: boolean;
  readonly json?: boolean;
}

export function inspectCommand(): Command {
  return withModelOptions(withGridOptions(new Command("inspect")))
    .description("Show a model's inputs, outputs, parameters, and the layers that can be explained.")
    .argument("[model]", "an ONNX or Keras file; default the embedded digit model")
    .option("--graph", "print every node")
    .option("--json", "print machine-readable output")
    .addHelpText("after", "\nExamples:\n  fovea inspect m.onnx\n  fovea inspect m.onnx --graph")
    .action((path: string | undefined, options: InspectOptions) =>
      runCommand(async () => {
        const { name, model } = await modelAt(path, await loadOptions(options));
        const { graph, input, scores, ending, card } = model;
        if (options.graph) {
          print(printGraph(graph));
          return;
        }
        const grid = gridOptions(options);
        const distances = distancesTo(graph, scores);
        const layers = explainableLayers(model, grid).map((layer) => ({
          ...layer,
          distance: distances.get(layer.name) as number,
        }));
        const automatic = layers.length > 0 ? chooseLayer(model, "auto", grid) : undefined;
        const chosen = automatic?.name;
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
            reason: automatic?.reason,
            network: networkLayers(graph),
          });
          return;
        }
        print(modelLine({ name, model }));
        for (const [key, value] of Object.entries(card.provenance ?? {})) print(`  ${key}: ${inOneLine(value)}`);
        const single = model.oneByOne ? " (the file takes one image at a time)" : "";
        print(`input         ${input.name} : ${printType(input.type, input.dims)}${single}`);
        for (const output of graph.outputs)
          print(`output        ${output.name} : ${printType(output.type, output.dims)}`);
        const two = model.oneScore ? "; class 1, and negated class 0" : "";
        print(`scores        ${scores}${ending === "none" ? "" : ` (before the final ${ending}${two})`}`);
        print(`parameters    ${count(parameters)}`);
        if (model.precision !== "float32") print(`precision     ${model.precision}; explained in float32`);
        print(
          `preprocessing ${known ? describePreprocessing(known) : "none: no images of 1 or 3 channels; give arrays"}`,
        );
        if (card.classes) print(`classes       ${describeClasses(card.classes, model.classesOrigin)}`);
        print();
        print("layers that can be explained (* is taken by --layer auto)");
        const rows = layers.map((layer) => [
          layer.name === chosen ? "*" : "",
          layer.name,
          layer.op,
          layerSize(layer),
          layer.distance,
          describeLayout(layer.layout),
        ]);
        print(table(["", "name", "operator", "shape", "nodes to scores", ""], rows));
        if (automatic) print(`* ${automatic.reason}`);
      }),
    );
}

/** Lists are long; `--json` prints them. */
function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `${value.length} entries`;
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key} ${typeof part === "object" ? JSON.stringify(part) : part}`)
    .join(", ");
}

function describeClasses(classes: readonly string[], origin: string | undefined): string {
  const shown = classes.length > 20 ? [...classes.slice(0, 10), `... ${classes.length} in all`] : classes;
  return `${shown.join(", ")}${origin === "stored with the model" ? "" : ` (${origin})`}`;
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
  const { width, height, channels, order = "rgb", fit = "stretch", layout = "nchw" } = preprocessing;
  const colours = channels === 1 ? "grey" : order.toUpperCase();
  const parts = [
    `${width}x${height}`,
    colours,
    ...(fit === "stretch" ? [] : [fit]),
    ...(layout === "nchw" ? [] : [layout]),
  ];
  return `${parts.join(", ")} (${origin})`;
}
