/** @file `fovea explain`: where a model looks. */

import { Command } from "commander";
import { methods } from "../../explain/methods/index.js";
import { explain } from "../explain/explain.js";
import { defaultFolder } from "../explain/output-paths.js";
import { type ExplainFlags, withExplainOptions } from "../options/explain-options.js";
import { runJob } from "../terminal/job.js";

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
  const command = new Command("explain")
    .description(
      "Show where a model looks: writes the image, its heat map and both together, and prints the top classes.",
    )
    .argument(
      "<inputs...>",
      "image files, folders of them or quoted patterns; or .npy arrays: the model's own input, float32 [N, C, H, W], already preprocessed",
    );
  return withExplainOptions(command)
    .addHelpText("after", examples)
    .action((args: string[], flags: ExplainFlags) => runJob(flags, (job) => explain(job, args, flags)));
}
