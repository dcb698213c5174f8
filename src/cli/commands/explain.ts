/** @file `fovea explain`: where a model looks. */

import { basename, dirname, extname, join } from "node:path";
import { Command } from "commander";
import { writeFileAtomically, writeNpy } from "../../data/index.js";
import { FoveaError, naming, unknownName } from "../../error.js";
import {
  type ClassChoice,
  checkModel,
  className,
  describeLayout,
  diagnosisOf,
  type Explainer,
  type Explanation,
  layerSize,
  type Model,
  type ModelCheck,
  mapOf,
} from "../../explain/index.js";
import { colormap, type ExplanationRow, mapPeak, placeMap } from "../../image/index.js";
import { explanationSvg, svgToPng } from "../../image/node.js";
import { embeddedModelPath, nodeRuntime, explainer as openExplainer, untouchedModel } from "../../node.js";
import { floats } from "../../onnx/index.js";
import { exitCodes, note, percent, print, printJson, runCommand } from "../console.js";
import { type ImageInput, readInput } from "../inputs.js";
import {
  type GridFlags,
  gridOptions,
  loadOptions,
  type ModelOptions,
  withGridOptions,
  withModelOptions,
} from "../model-options.js";
import { modelAt, modelLine, type NamedModel } from "../models.js";
import { printCheck } from "./check.js";

interface ExplainCommandOptions extends ModelOptions, GridFlags {
  readonly model?: string;
  readonly layer: string;
  readonly method: string;
  readonly class: readonly string[];
  readonly against?: boolean;
  readonly colormap?: string;
  readonly out?: string;
  readonly raw?: boolean;
  readonly top: number;
  readonly json?: boolean;
  readonly check?: boolean;
}

export function explainCommand(): Command {
  const collect = (value: string, previous: string[]) => [...previous, value];
  const command = new Command("explain")
    .description(
      "Show where a model looks: writes the image, its heat map and both together, and prints the top classes.",
    )
    .argument(
      "<inputs...>",
      "image files, or .npy arrays: the model's own input, float32 [N, C, H, W], already preprocessed",
    )
    .option("--model <file>", "an ONNX file; default the embedded digit model")
    .option(
      "--layer <name>",
      "a layer's name or a unique part of it, -1, -2 ... for the last stages, or auto, the last feature map",
      "auto",
    )
    .option("--method <name>", "how the map is made", "grad-cam")
    .option(
      "--class <class>",
      "explain this class: a label, an index, or predicted; may be given several times",
      collect,
      [],
    )
    .option("--against", "explain what speaks against the class (the gradient is negated)")
    .option("--colormap <name>", "colours of the map", "inferno")
    .option("--raw", "write the raw maps as .npy, float32 [N, classes, h, w], instead of a picture")
    .option(
      "--out <file>",
      "where to write; for several inputs a folder (default: beside the input, as NAME.fovea.png)",
    )
    .option("--top <k>", "how many classes to print", Number, 3)
    .option("--check", "first prove on the first input that the model is explained rightly (see fovea check)")
    .option("--json", "print machine-readable output");
  return withModelOptions(withGridOptions(command))
    .addHelpText(
      "after",
      "\nExamples:\n  fovea explain digit.png\n  fovea explain digit.png --class 3 --class predicted\n" +
        "  fovea explain x.npy --model m.onnx --layer relu --class 3 --raw --out map.npy\n" +
        "  fovea explain dog.jpg --model caffe.onnx --scale 1 --mean 104,117,123 --std 1 --channels bgr",
    )
    .action((paths: string[], options: ExplainCommandOptions) => runCommand(() => explainAll(paths, options)));
}

async function explainAll(paths: readonly string[], options: ExplainCommandOptions): Promise<number> {
  if (options.colormap) colormap(options.colormap);
  const named = await modelAt(options.model, await loadOptions(options));
  const { layer, method, against = false } = options;
  const chosen = { layer: /^-\d+$/.test(layer) ? Number(layer) : layer, method, against, ...gridOptions(options) };
  const explainer = await naming(named.path, () => openExplainer(named.model, chosen));
  const classes = (options.class.length > 0 ? options.class : ["predicted"]).map((text) =>
    classChoice(named.model, text),
  );
  const [results, failures]: [unknown[], string[]] = [[], []];
  let check: ModelCheck | undefined;
  for (const path of paths) {
    try {
      await naming(path, async () => {
        const input = await readInput(named.model, path);
        if (options.check && check === undefined) {
          check = await checked(named, input, options);
          if (!options.json) printCheck(named.name, check);
        }
        const explanation = await explainer.explain(input.tensor, { classes });
        requireFinite(explanation);
        const written = options.raw
          ? await writeRaw(input, explanation, paths, options)
          : await writeFigures(input, explanation, explainer, paths, options);
        results.push(...described(named, input, explanation, written, options.top));
        if (!options.json) printExplanation(named, explainer, input, explanation, written, options.top);
      });
    } catch (error) {
      if (!(error instanceof FoveaError) || paths.length === 1) throw error;
      failures.push(error.message);
    }
  }
  await explainer.close();
  if (options.json)
    printJson({
      model: named.path,
      layer: explainer.layer.name,
      method: explainer.method.name,
      against,
      results,
      failures,
      ...(check ? { check } : {}),
    });
  for (const failure of failures) note(`fovea: ${failure}`);
  return failures.length > 0 || check?.passed === false ? exitCodes.partly : exitCodes.done;
}

/** @throws FoveaError `bad-input` for scores or maps that are no numbers to draw or to print */
function requireFinite(explanation: Explanation): void {
  const { scores, classes } = explanation;
  if (!floats(scores).every(Number.isFinite)) {
    throw new FoveaError("bad-input", "class scores: expected finite numbers, the network overflows on this image");
  }
  for (const [i, row] of classes.entries()) {
    for (const k of row.keys()) {
      const { condition, text } = diagnosisOf(explanation, i, k);
      if (condition === "not-finite") throw new FoveaError("bad-input", text);
    }
  }
}

/** The two proofs of `fovea check`, on the input that is to be explained. */
async function checked(named: NamedModel, input: ImageInput, options: ExplainCommandOptions): Promise<ModelCheck> {
  const { layer, method, against = false, model } = options;
  const source = await untouchedModel(model ?? embeddedModelPath);
  const explaining = { runtime: nodeRuntime, layer, method, against, ...gridOptions(options) };
  return checkModel(named.model, { source, input: input.tensor, ...explaining });
}

/** A label, an index or `predicted`. */
function classChoice(model: Model, text: string): ClassChoice {
  if (text === "predicted") return text;
  const names = model.card.classes ?? [];
  const named = names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
  if (named >= 0) return named;
  const count = model.classCount ?? Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text) && Number(text) < count) return Number(text);
  if (names.length > 0) throw unknownName("class", text, [...names, "predicted"]);
  throw new FoveaError("unknown-name", `class "${text}": expected 0 to ${count - 1}, or predicted`);
}

/** Where the results for one input go. */
function target(path: string, suffix: string, paths: readonly string[], out: string | undefined): string {
  const own = `${basename(path, extname(path))}${suffix}`;
  if (out === undefined) return join(dirname(path), own);
  return paths.length > 1 ? join(out, own) : out;
}

async function writeRaw(
  input: ImageInput,
  { maps }: Explanation,
  paths: readonly string[],
  { out }: ExplainCommandOptions,
): Promise<string[]> {
  const path = target(input.path, ".fovea.npy", paths, out);
  await writeFileAtomically(path, writeNpy(maps));
  return [path];
}

async function writeFigures(
  input: ImageInput,
  explanation: Explanation,
  explainer: Explainer,
  paths: readonly string[],
  options: ExplainCommandOptions,
): Promise<string[]> {
  const written: string[] = [];
  for (const [i, picture] of input.pictures.entries()) {
    const rows = (explanation.classes[i] as readonly number[]).map((_, k) =>
      figureRow(explainer, input, explanation, i, k, options.against ?? false),
    );
    const svg = await explanationSvg({ picture, rows }, options.colormap ? { colormap: options.colormap } : {});
    const many = input.pictures.length > 1;
    const named = target(input.path, ".fovea.png", paths, options.out);
    const path = many ? named.replace(/(\.fovea)?\.png$/, `.${i}$&`) : named;
    await writeFileAtomically(path, await svgToPng(svg));
    written.push(path);
  }
  return written;
}

function figureRow(
  { model, layer, method }: Explainer,
  input: ImageInput,
  explanation: Explanation,
  i: number,
  k: number,
  against: boolean,
): ExplanationRow {
  const index = explanation.classes[i]?.[k] as number;
  const width = explanation.probabilities.dims[1] as number;
  const at = i * width + index;
  const probability = floats(explanation.probabilities)[at] as number;
  const score = floats(explanation.scores)[at] as number;
  const { text } = diagnosisOf(explanation, i, k);
  const isTop = explanation.predicted[i] === index;
  return {
    title: `${against ? "against " : ""}${className(model, index)}${isTop ? " (predicted)" : ""}`,
    score: `${percent(probability, 1)}, score ${score.toFixed(2)} before softmax`,
    detail: `${method.title} at ${layer.name}, ${layerSize(layer, "×")}`,
    ...mapOnPicture(input, explanation, i, k),
    ...(text === "" ? {} : { note: text }),
  };
}

/** Longer side of a map that is placed on a picture: finer than any panel of a figure. */
const placedSize = 640;

/** The map where the network looked; what it never saw stays zero. */
function mapOnPicture(
  { pictures, box }: ImageInput,
  explanation: Explanation,
  i: number,
  k: number,
): Pick<ExplanationRow, "map" | "peak"> {
  const map = mapOf(explanation, i, k);
  const picture = pictures[i];
  if (box === undefined || picture === undefined) return { map };
  const scale = Math.min(1, placedSize / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((size) => Math.max(1, Math.round(size * scale))) as [
    number,
    number,
  ];
  const [across, down] = [width / picture.width, height / picture.height];
  const placed = { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down };
  return { map: placeMap(map, placed, width, height), peak: mapPeak(map) };
}

/** Machine-readable results, one per image. */
function described(
  { model }: NamedModel,
  input: ImageInput,
  explanation: Explanation,
  written: readonly string[],
  top: number,
) {
  return input.pictures.map((_, i) => ({
    input: input.path,
    ...(input.pictures.length > 1 ? { index: i } : {}),
    top: topClasses(model, explanation, i, top),
    classes: (explanation.classes[i] as readonly number[]).map((index, k) => ({
      class: index,
      label: className(model, index),
      score: floats(explanation.scores)[i * (explanation.scores.dims[1] as number) + index],
      peak: mapPeak(mapOf(explanation, i, k)),
      condition: diagnosisOf(explanation, i, k).condition,
    })),
    notes: input.notes,
    written: written.length === 1 ? written[0] : written[i],
  }));
}

function topClasses(model: Model, { probabilities }: Explanation, i: number, top: number) {
  const width = probabilities.dims[1] as number;
  const row = Array.from(floats(probabilities).subarray(i * width, (i + 1) * width), (probability, index) => ({
    index,
    probability,
  }));
  row.sort((a, b) => b.probability - a.probability);
  return row
    .slice(0, top)
    .map(({ index, probability }) => ({ class: index, label: className(model, index), probability }));
}

function printExplanation(
  named: NamedModel,
  { layer, method }: Explainer,
  input: ImageInput,
  explanation: Explanation,
  written: readonly string[],
  top: number,
): void {
  for (const i of input.pictures.keys()) {
    print(`${input.path}${input.pictures.length > 1 ? ` [${i}]` : ""}: ${modelLine(named)}`);
    for (const note of input.notes) print(`  ${note}`);
    for (const { label, probability } of topClasses(named.model, explanation, i, top))
      print(`  ${percent(probability, 1).padStart(7)}  ${label}`);
    for (const [k, index] of (explanation.classes[i] as readonly number[]).entries()) {
      const { text } = diagnosisOf(explanation, i, k);
      if (text !== "") print(`  map of ${className(named.model, index)}: ${text}`);
    }
  }
  const shape = [layer.op, layerSize(layer), describeLayout(layer.layout)].filter((part) => part !== "").join(", ");
  print(`  ${method.title} at layer ${layer.name} (${shape})${layer.reason === "as given" ? "" : `: ${layer.reason}`}`);
  for (const path of written) print(`  wrote ${path}`);
}
