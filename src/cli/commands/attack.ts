/** @file `fovea attack`: how small a change turns a prediction, and how its explanation changes. */

import { Command } from "commander";
import { type AttackFlags, withAttackOptions } from "../options/attack-options.js";
import { runJob } from "../terminal/job.js";

const help = `
This is for measuring a model of your own: how far its answers, and its explanations, can be trusted.
No pixel moves by more than eps. The attacked images are written as PNG at the network's input size, and what is printed was
measured on exactly what they hold. The true class is the dataset's label; of pictures the class predicted before.
Examples:
  fovea attack mnist --eps 0.3 --steps 40 --step-size 0.01 --count 200
  fovea attack digits --method fgsm --eps 0.1 --json > attack.json
  fovea attack resnet50.onnx photos --eps 8/255 --steps 10 --figure
  fovea attack resnet50.onnx dog.jpg --target "tabby cat" --figure --out attacked`;

export function attackCommand(): Command {
  const command = new Command("attack")
    .description(
      "Measure how robust your own model is: perturb images by FGSM or PGD, and compare predictions and maps before and after.",
    )
    .usage("[options] [model] <inputs...>")
    .argument(
      "<inputs...>",
      "a model file, and image files, folders of them or quoted patterns; or mnist, fashion-mnist or digits",
    );
  return withAttackOptions(command)
    .addHelpText("after", help)
    .action((args: string[], flags: AttackFlags) =>
      runJob(flags, async (job) => (await import("../attack/attack.js")).attack(job, args, flags)),
    );
}
