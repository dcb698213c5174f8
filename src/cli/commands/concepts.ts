/** @file `fovea concepts`: what a network sees in images, not only where. */

import { Command } from "commander";
import type { ConceptFlags } from "../concepts/concept-flags.js";
import { withLayerOptions, withModelOptions } from "../options/model-options.js";
import { numberFor } from "../options/numbers.js";
import { runJob } from "../terminal/job.js";

const help = `
A concept is a pattern of a layer's channels that comes back in many places of the images. The figure shows the best examples of each, and
where it is in one image. Importance is the total Sobol index: how much of the score's variance a concept has a hand in when all are
weakened at random. Beside it stands by how much the score falls when the concept is taken out of the layer.

With --class only the images that the network takes for this class are looked at; give some tens of them.

Examples:
  fovea concepts resnet50.onnx photos
  fovea concepts resnet50.onnx photos --class "tabby cat" --count 10 --out cat.svg
  fovea concepts resnet50.onnx photos --report concepts.html
  fovea concepts model.onnx photos --crops --json > concepts.json`;

export function conceptsCommand(): Command {
  const command = new Command("concepts")
    .description("Find the concepts that a network makes out in images, and measure what each is worth for the answer.")
    .argument("<model>", "a model file or hf:owner/name")
    .argument("<images...>", "image files, folders of them or quoted patterns")
    .option("--class <name>", "the class to explain, by name or index (default: of each image the predicted one)")
    .option("--count <n>", "how many concepts, at most 64", numberFor("--count"), 8)
    .option("--crops", "find concepts in crops of the images, as CRAFT does, not in the layer's places")
    .option("--seed <seed>", "of the starts of the search", numberFor("--seed"), 1)
    .option("-o, --out <file>", "the figure: .png, .jpg, .webp or .svg", "concepts.fovea.png")
    .option("--report <file>", "also write a page with patches, maps, and what each concept does to each class: .html")
    .option("--json", "print everything as JSON");
  return withModelOptions(withLayerOptions(command))
    .addHelpText("after", help)
    .action((model: string, images: string[], flags: ConceptFlags) =>
      runJob(flags, async (job) => (await import("../concepts/concepts.js")).concepts(job, [model, ...images], flags)),
    );
}
