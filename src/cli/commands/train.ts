/** @file `fovea train`: train a network on a dataset, or on photos. */

import { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import { networks } from "../../train/network/networks.js";
import { sceneNetworks } from "../../train/scenes/scene-networks.js";
import { isPath } from "../inputs/datasets.js";
import { type TrainFlags, withTrainOptions } from "../options/train-options.js";
import { type Job, runJob } from "../terminal/job.js";
import { trainOnImages } from "../train/train-on-images.js";
import { trainOnPhotos } from "../train/train-on-photos.js";
import { trainOnScenes } from "../train/train-on-scenes.js";

const help = `
Networks:
${[...networks, ...sceneNetworks].map(({ name, description }) => `  ${name.padEnd(9)} ${description}`).join("\n")}

Examples:
  fovea train mnist --net compact --out m.onnx
  fovea train digits --net classic --epochs 3 --seed 7
  fovea train scenes --net detect --out scenes.onnx
  fovea train ./photos --out pets.onnx
  fovea train ./photos --backbone resnet18.onnx --out pets.onnx
  fovea train ./photos --backbone resnet18.onnx --unfreeze 1 --out pets.onnx --resume`;

export function trainCommand(): Command {
  const command = new Command("train")
    .description(
      "Train a network and write it as an ordinary ONNX file. Unset options follow the network's own recipe.",
    )
    .argument("<data>", `mnist, fashion-mnist, digits or scenes; ${photosInWords}`);
  return withTrainOptions(command)
    .addHelpText("after", help)
    .action((name: string, flags: TrainFlags) => runJob(flags, (job) => train(job, name, flags), { narrates: true }));
}

function train(job: Job, name: string, flags: TrainFlags): Promise<number> {
  if (name === "scenes") return trainOnScenes(job, flags);
  return (isPath(name) ? trainOnPhotos : trainOnImages)(job, name, flags);
}
