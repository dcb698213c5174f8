/** @file `fovea train`: train a network on a dataset, or on photos. */

import { Command } from "commander";
import { photosInWords } from "../../data/sources/kinds.js";
import { type TrainFlags, withTrainOptions } from "../options/train-options.js";
import { runJob } from "../terminal/job.js";
import { withLateHelp } from "../terminal/late-help.js";

const help = (networks: readonly string[]) => `
Networks:
${networks.join("\n")}

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
  const withOptions = withTrainOptions(command).action((name: string, flags: TrainFlags) =>
    runJob(flags, async (job) => (await import("../train/train.js")).train(job, name, flags), { narrates: true }),
  );
  return withLateHelp(withOptions, async () => {
    const { networks } = await import("../../train/network/networks.js");
    const { sceneNetworks } = await import("../../train/scenes/scene-networks.js");
    return help([...networks, ...sceneNetworks].map(({ name, description }) => `  ${name.padEnd(9)} ${description}`));
  });
}
