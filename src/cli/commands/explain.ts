/** @file `fovea explain`: where a model looks. */

import { Command } from "commander";
import { defaultFolder } from "../explain/output-paths.js";
import { type ExplainFlags, withExplainOptions } from "../options/explain-options.js";
import { runJob } from "../terminal/job.js";
import { withLateHelp } from "../terminal/late-help.js";
import { printLines } from "../terminal/print.js";
import { outputNamed } from "../terminal/standard-output.js";

const examples = `
A folder's results go to --out, or to ${defaultFolder}/, with its sub-folders; other results go beside their inputs.

Examples:
  fovea explain model.onnx photo.jpg
  fovea explain hf:Xenova/resnet-50 photo.jpg
  fovea explain model.onnx photo.jpg --class cat --class top-2
  fovea explain model.onnx photos --out maps --overlay --format jpg
  fovea explain model.onnx "photos/**/dog*.jpg" --jsonl > dogs.jsonl
  fovea explain model.onnx x.npy --layer relu --class 3 --raw --out map.npy
  fovea explain caffe.onnx dog.jpg --scale 1 --mean 104,117,123 --std 1 --channels bgr
  fovea explain model.onnx cat.jpg --class cat --minus dog --signed
  fovea explain model.onnx cat.jpg --class top-2 --method all --out sheet.png
  find . -name "*.jpg" | fovea explain model.onnx - --out maps
  fovea explain model.onnx - --out - < photo.jpg > map.png
  fovea explain digit.png`;

const inputs = [
  "a model file or hf:owner/name, and image files, folders of them or quoted patterns;",
  "archives of images (.tar, .parquet), also at s3://, gs://, hf://datasets/ or https://, and images in folders there;",
  "or .npy arrays: the model's own input, float32 [N, C, H, W], already preprocessed;",
  "or a clip, where ffmpeg is on the path;",
  "or - for an image on standard input, or for paths, one in a line.",
  "Without a model the embedded digit model is explained",
].join(" ");

export function explainCommand(): Command {
  const command = new Command("explain")
    .description(
      "Show where a model looks: writes the image, its heat map and both together, and prints the top classes.",
    )
    .usage("[options] [model] <inputs...>")
    .argument("[inputs...]", inputs);
  const withOptions = withExplainOptions(command).action((args: string[], flags: ExplainFlags) =>
    run(command, args, flags),
  );
  return withLateHelp(withOptions, async () => `${examples}\n\n${(await import("../explain/lists.js")).namesInHelp}`);
}

function run(command: Command, args: readonly string[], flags: ExplainFlags): Promise<void> {
  const listed = (["method", "colormap"] as const).find((option) => flags[option] === "list");
  if (listed) return runJob(flags, async () => void printLines((await import("../explain/lists.js")).listFor(listed)));
  if (args.length === 0) command.error("error: missing required argument 'inputs': fovea explain model.onnx photo.jpg");
  const methodGiven = command.getOptionValueSource("method") !== "default";
  const named = { ...flags, methodGiven, ...(flags.out === undefined ? {} : { out: outputNamed(flags.out) }) };
  return runJob(named, async (job) => (await import("../explain/explain.js")).explain(job, args, named), {
    narrates: true,
  });
}
