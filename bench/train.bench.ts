/** @file Training speed: images per second at batch 128, and the share of time outside onnxruntime. `npm run bench -- train` */

import { runtime } from "../src/cli/platform.js";
import type { LabelledImages } from "../src/data/dataset.js";
import { random } from "../src/foundation/random.js";
import type { Runtime, Session } from "../src/runtime/session.js";
import { networks } from "../src/train/network/networks.js";
import { trainingSettings } from "../src/train/network/recipes.js";
import { trainNetwork } from "../src/train/train.js";

const names = process.argv.slice(2);
const chosen = names.length > 0 ? names : networks.map(({ name }) => name);
const images = drawNoise(12800);

console.log("network     images/s  s per 60,000  outside onnxruntime");
for (const name of chosen) {
  let inside = 0;
  const counted: Runtime = {
    name: runtime.name,
    open: async (model, options) => {
      const session = await runtime.open(model, options);
      const run: Session["run"] = async (feeds, into) => {
        const began = performance.now();
        const results = await session.run(feeds, into);
        inside += performance.now() - began;
        return results;
      };
      return { ...session, run };
    },
  };
  // The first epoch warms up; the second is measured.
  let [began, total, insideAtStart] = [0, 0, 0];
  await trainNetwork(images, undefined, 10, trainingSettings(name, { epochs: 2 }), {
    runtime: counted,
    onEpoch: ({ history }) => {
      if (history.length === 1) [began, insideAtStart] = [performance.now(), inside];
      else total = performance.now() - began;
    },
  });
  const outside = 1 - (inside - insideAtStart) / total;
  const rate = (1000 * images.count) / total;
  console.log(
    `${name.padEnd(10)} ${rate.toFixed(0).padStart(9)} ${(60000 / rate).toFixed(1).padStart(13)} ${(100 * outside).toFixed(1).padStart(19)} %`,
  );
}

/** Speed does not depend on what the images show. */
function drawNoise(count: number): LabelledImages {
  const source = random(1);
  const pixels = Uint8Array.from({ length: count * 784 }, () => source.below(256));
  const labels = Uint8Array.from({ length: count }, () => source.below(10));
  return { pixels, labels, count, channels: 1, height: 28, width: 28 };
}
