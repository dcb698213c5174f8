/** @file `fovea explain`: where a model looks. */

import { availableParallelism } from "node:os";
import { Command } from "commander";
import { createPerturbedModel } from "../../evaluate/trial/perturbed-model.js";
import type { PerturbedModel } from "../../evaluate/trial/trial.js";
import { methods } from "../../explain/methods/index.js";
import { embeddedModelPath } from "../../explain/node.js";
import type { ClassChoice, Explainer } from "../../explain/options.js";
import { checkModel, type ModelCheck } from "../../explain/prove/check-model.js";
import { type Explained, explainStream } from "../../explain/stream.js";
import { FoveaError, namedError, naming, unknownName } from "../../foundation/error.js";
import { mapAhead } from "../../foundation/map-ahead.js";
import { colormap } from "../../image/map/colormap.js";
import type { Model } from "../../model/model.js";
import { untouchedModel } from "../../model/node.js";
import { classMinus } from "../../model/targets/class-minus.js";
import { diagnosed } from "../diagnosis.js";
import { type FoundInput, findInputs } from "../explain/find-inputs.js";
import { sheetOfMethods } from "../explain/method-sheet.js";
import { type ImageInput, readInput } from "../explain/read-input.js";
import { createReporter } from "../explain/reporter.js";
import { defaultFolder, planTargets, type ResultKind, type Targets } from "../explain/targets.js";
import { trustOfMaps } from "../explain/trust-of-maps.js";
import { type ResultOptions, writeResults } from "../explain/write-results.js";
import { modelAt, type NamedModel } from "../inputs/models.js";
import { emphasisOptions, type MapFlags, mapOptions, withMapOptions } from "../options/map-options.js";
import {
  type LayerFlags,
  layerOptions,
  loadOptions,
  type ModelOptions,
  wholeNumber,
  withLayerOptions,
  withMethodOption,
  withModelOptions,
} from "../options/model-options.js";
import { type TargetFlags, targetedModel, withTargetOptions } from "../options/target-options.js";
import { runtime } from "../platform.js";
import { exitCodes, note, runCommand } from "../terminal/console.js";

interface ExplainCommandOptions extends ModelOptions, LayerFlags, MapFlags, TargetFlags {
  readonly model?: string;
  readonly method: string;
  readonly class: readonly string[];
  readonly against?: boolean;
  readonly topChannels?: number;
  readonly samples?: number;
  readonly seed?: number;
  readonly colormap?: string;
  readonly overlay?: boolean;
  readonly heatmap?: boolean;
  readonly raw?: boolean;
  readonly out?: string;
  readonly format?: string;
  readonly skipExisting?: boolean;
  readonly batch: number;
  readonly top: number;
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly check?: boolean;
  readonly trust?: boolean;
}

const examples = `
A folder's results go to --out, or to ${defaultFolder}/, with its sub-folders; other results go beside their inputs.

Examples:
  fovea explain digit.png
  fovea explain digit.png --class 3 --class predicted
  fovea explain photos --model resnet50.onnx --out maps --overlay --format jpg
  fovea explain "photos/**/dog*.jpg" --model resnet50.onnx --jsonl > dogs.jsonl
  fovea explain x.npy --model m.onnx --layer relu --class 3 --raw --out map.npy
  fovea explain dog.jpg --model caffe.onnx --scale 1 --mean 104,117,123 --std 1 --channels bgr
  fovea explain cat.jpg --model resnet50.onnx --class cat --minus dog --signed
  fovea explain cat.jpg --model resnet50.onnx --class top-2 --method all --out sheet.png

Methods: ${methods.map(({ name }) => name).join(", ")}; or all, for one sheet of them.`;

export function explainCommand(): Command {
  const collect = (value: string, previous: string[]) => [...previous, value];
  const command = new Command("explain")
    .description(
      "Show where a model looks: writes the image, its heat map and both together, and prints the top classes.",
    )
    .argument(
      "<inputs...>",
      "image files, folders of them or quoted patterns; or .npy arrays: the model's own input, float32 [N, C, H, W], already preprocessed",
    )
    .option("--model <file>", "an ONNX or Keras file; default the embedded digit model")
    .option(
      "--class <class>",
      "explain this class: a label, an index, predicted, or top-3 for the three best; may be given several times",
      collect,
      [],
    )
    .option("--against", "explain what speaks against the class (the gradient is negated)")
    .option(
      "--top-channels <k>",
      "of methods that run the network for each channel: look only at the k most active ones",
      wholeNumber("--top-channels", 1),
    )
    .option("--samples <n>", "how many samples or steps, of methods that take some", wholeNumber("--samples", 1))
    .option("--seed <n>", "of random numbers, for methods that draw some (default: 1)", wholeNumber("--seed", 0))
    .option("--overlay", "write the heat map over the picture, at the picture's own size, instead of the figure")
    .option("--heatmap", "write the heat map alone, at the picture's own size, instead of the figure")
    .option("--raw", "write the raw maps as .npy, float32 [N, classes, h, w], instead of the figure")
    .option("--colormap <name>", "colours of the map", "inferno")
    .option("--out <path>", "where to write: a file, or a folder for several inputs (default: beside the input)")
    .option("--format <format>", "png, jpg, webp, or svg for figures (default: as --out ends, else png)")
    .option("--skip-existing", "leave out pictures whose results are there")
    .option("--batch <n>", "images per run", wholeNumber("--batch", 1), 8)
    .option("--top <k>", "how many classes to print", Number, 3)
    .option("--check", "first prove on the first input that the model is explained rightly (see fovea check)")
    .option("--trust", "also measure whether the network follows the map more than random ones (see fovea trust)")
    .option("--json", "print machine-readable output in the end")
    .option("--jsonl", "print machine-readable output as it comes, a line for each picture");
  return withModelOptions(withLayerOptions(withTargetOptions(withMapOptions(withMethodOption(command)))))
    .addHelpText("after", examples)
    .action((given: string[], options: ExplainCommandOptions) => runCommand(() => explain(given, options)));
}

async function explain(given: readonly string[], options: ExplainCommandOptions): Promise<number> {
  const { batch, model, method, against = false, topChannels, samples, seed } = options;
  const plan = await planned(given, options);
  const opened = await modelAt(model, await loadOptions(options));
  const classOf = (text: string) => {
    const index = classChoice(opened.model, text);
    if (index === "predicted")
      throw new FoveaError("bad-input", "--minus predicted: expected a class by name or index");
    return classMinus(index);
  };
  const named = { ...opened, model: await targetedModel(opened.model, options, classOf) };
  const shared = { against, topChannels, samples, seed, ...layerOptions(options), ...mapOptions(options) };
  const explaining = { method, ...shared };
  const classes = plan.drawing.classes.map((text) => rankOf(text) ?? classChoice(named.model, text));
  if (method === "all") {
    const { inputs, targets, drawing } = plan;
    const path = (input: FoundInput) => targets.path(input, "figure");
    const sheet = { inputs, path, format: targets.format, classes, drawing, explaining: shared };
    return sheetOfMethods(named, { ...sheet, json: options.json ?? false });
  }
  const explainer = await named.model.explainer(explaining);
  const read = async (input: FoundInput) => {
    if (input.error) throw input.error;
    return readInput(named.model, input.path);
  };
  const network = options.trust ? createPerturbedModel(named.model, { runtime }) : undefined;
  const abort = new AbortController();
  const progress = (done: number, total: number) => reporter.progress(done, total);
  const watched = { progress, signal: abort.signal };
  const explained = explainStream(explainer, plan.inputs, read, { batch, classes, ...watched });
  let check: Promise<ModelCheck> | undefined;
  const written = mapAhead(explained, availableParallelism(), async (result) => {
    const { image } = result;
    if (options.check && image) check ??= naming(named.path, () => checked(named, image, options));
    // What the file says of itself must hold before anything is written.
    await check;
    return withResults(result, explainer, plan, { network, signal: abort.signal });
  });
  const reporter = createReporter({
    named,
    explainer,
    against,
    total: plan.many ? plan.inputs.length : undefined,
    top: options.top,
    format: options.jsonl ? "jsonl" : options.json ? "json" : "text",
  });
  let told: ModelCheck | undefined;
  const interrupt = () => abort.abort();
  process.once("SIGINT", interrupt);
  try {
    for await (const result of written) {
      if (result.error && !plan.many) throw namedError(result.source.path, result.error);
      if (result.error) reporter.failed(result.source.path, result.error);
      else {
        const proof = await check;
        if (proof && told === undefined) reporter.check(proof);
        told = proof;
        reporter.done(result, result.written);
      }
      if (abort.signal.aborted) break;
    }
  } catch (error) {
    if (error !== abort.signal.reason) throw error;
  } finally {
    process.off("SIGINT", interrupt);
    reporter.close();
    await explainer.close();
    await network?.close();
  }
  const { aborted } = abort.signal;
  const failed = reporter.end(aborted);
  if (aborted) return exitCodes.interrupted;
  return failed || told?.passed === false ? exitCodes.partly : exitCodes.done;
}

/** What is explained, and what is written where. */
interface Plan {
  readonly inputs: readonly FoundInput[];
  readonly many: boolean;
  readonly targets: Targets;
  readonly drawing: ResultOptions;
}

async function planned(given: readonly string[], options: ExplainCommandOptions): Promise<Plan> {
  if (options.trust) refuseUnmeasured(options);
  const { out, format, against = false } = options;
  if (options.colormap) colormap(options.colormap);
  const found = await findInputs(given);
  const chosen = (["overlay", "heatmap", "raw"] as const).filter((kind) => options[kind]);
  const kinds: readonly ResultKind[] = chosen.length > 0 ? chosen : ["figure"];
  const classes = options.class.length > 0 ? options.class.flatMap(topClasses) : ["predicted"];
  const targets = planTargets(found, { kinds, classes, out, format });
  const inputs = options.skipExisting ? found.inputs.filter((input) => !targets.done(input)) : found.inputs;
  const skipped = found.inputs.length - inputs.length;
  if (skipped > 0) note(`${skipped} of ${found.inputs.length} inputs left out: their results are there`);
  return {
    inputs,
    many: found.many,
    targets,
    drawing: { kinds, classes, against, colormap: options.colormap, ...emphasisOptions(options) },
  };
}

/** What --trust measures is the probability of a class. */
function refuseUnmeasured({ against, minus, mask, similarTo, method }: ExplainCommandOptions): void {
  const flags = { "--against": against, "--minus": minus, "--mask": mask, "--similar-to": similarTo };
  const [flag] =
    Object.entries({ ...flags, "--method all": method === "all" || undefined }).find(([, value]) => value) ?? [];
  if (flag === undefined) return;
  throw new FoveaError("bad-input", `--trust: expected no ${flag}: it measures the map of one method for a class`);
}

/** The result with the paths of what was written; what cannot be written is the input's failure. */
async function withResults(
  result: Explained<FoundInput, ImageInput>,
  explainer: Explainer,
  { many, targets, drawing }: Plan,
  { network, signal }: { readonly network: PerturbedModel | undefined; readonly signal: AbortSignal },
) {
  if (result.error) return result;
  try {
    const explanation = await diagnosed(explainer, result.image, result.explanation, { fully: !many, signal });
    const trust = network && (await trustOfMaps(network, result.image, explanation, signal));
    const found = { ...result, explanation, ...(trust ? { trust } : {}) };
    signal.throwIfAborted();
    return { ...found, written: await writeResults(found, explainer, targets, drawing) };
  } catch (error) {
    if (error instanceof FoveaError) return { source: result.source, error };
    throw error;
  }
}

/** The two proofs of `fovea check`, on the input that is to be explained. */
async function checked(named: NamedModel, image: ImageInput, options: ExplainCommandOptions): Promise<ModelCheck> {
  const { method, against = false, model } = options;
  const source = await untouchedModel(model ?? embeddedModelPath);
  const explaining = { runtime, method, against, ...layerOptions(options) };
  return checkModel(named.model, { source, input: image.input, ...explaining });
}

/** `top-3` as the three ranks; anything else as it is. */
function topClasses(text: string): string[] {
  const count = Number(/^top-(\d+)$/.exec(text)?.[1] ?? 0);
  return count > 0 ? Array.from({ length: count }, (_, i) => `top-${i + 1}`) : [text];
}

function rankOf(text: string): ClassChoice | undefined {
  const rank = Number(/^top-(\d+)$/.exec(text)?.[1] ?? 0);
  return rank > 0 ? { rank } : undefined;
}

/** A label, an index or `predicted`. */
export function classChoice(model: Model, text: string): number | "predicted" {
  if (text === "predicted") return text;
  const names = model.card.classes ?? [];
  const named = names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
  if (named >= 0) return named;
  const count = model.classCount ?? Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text) && Number(text) < count) return Number(text);
  if (names.length > 0) throw unknownName("class", text, [...names, "predicted"]);
  throw new FoveaError("unknown-name", `class "${text}": expected 0 to ${count - 1}, or predicted`);
}
