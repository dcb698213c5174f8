/** @file `fovea trust`: how far a method's maps of a model can be trusted. */

import { Command } from "commander";
import { type TrustFlags, withTrustOptions } from "../options/trust-options.js";
import { inWorkers } from "../shards/workers.js";
import { runJob } from "../terminal/job.js";
import { withLateHelp } from "../terminal/late-help.js";

const help = (metrics: readonly string[]) => `
The maps of each method are measured next to three baselines: random maps of the same size, a Gaussian around the centre, and
a uniform map. Metrics: ${metrics.join(", ")}.
Pointing games and boxes need images of which it is known where the object is: photos with boxes (--data), or the drawn shapes
(--ground-truth). Of these their own class is explained, of other images the predicted one. With --ground-truth two-shapes two
shapes of different classes lie in opposite halves, and each is explained in turn (the grid pointing game): maps that are blind
for the class get 50 % of their sum into the right half.

Examples:
  fovea trust digits.onnx mnist --methods grad-cam,eigen-cam --count 100
  fovea trust resnet50.onnx photos --methods grad-cam --metrics deletion,insertion --json > trust.json
  fovea trust --ground-truth --methods all --count 200
  fovea trust --ground-truth two-shapes --methods grad-cam,eigen-cam --metrics energy-pointing-game,pointing-game
  fovea trust resnet50.onnx photos --metrics deletion --methods grad-cam,gradient --sanity
  fovea trust resnet50.onnx --data ./kangaroos --class kangaroo=wallaby --split all`;

export function trustCommand(): Command {
  const command = new Command("trust")
    .description("Measure how far maps can be trusted: faithfulness, localisation, steadiness, next to baselines.")
    .argument("[model]", "an ONNX or Keras file, or hf:owner/name")
    .argument(
      "[images...]",
      "image files, folders of them or quoted patterns; .npy arrays; or mnist, fashion-mnist, digits, shapes or two-shapes",
    );
  const withOptions = withTrustOptions(command).action(
    (path: string | undefined, images: string[], flags: TrustFlags) =>
      runJob(flags, async (job) => {
        const { trust, wholeSanity } = await import("../trust/trust.js");
        if (flags.sanity && flags.workers !== undefined) throw wholeSanity("--workers");
        return inWorkers(job, flags, process.argv.slice(2), () => trust(job, path, images, flags));
      }),
  );
  return withLateHelp(withOptions, async () => {
    const { metrics } = await import("../../evaluate/metrics/index.js");
    return help(metrics.map(({ name }) => name));
  });
}
