/** @file Measures a network that compares scenes with texts: what it calls single objects, and where words lie in scenes of several. */

import { captionColours, captionShapes } from "../../data/scenes/captions.js";
import { drawCaptionedScenes } from "../../data/scenes/draw-captioned.js";
import type { DrawnScenes } from "../../data/scenes/draw-scenes.js";
import { ratioOfWord, wordEvidence } from "../../evaluate/texts/word-evidence.js";
import type { LoadedModel } from "../../explain/loaded-model.js";
import { loadModel } from "../../explain/node.js";
import { at } from "../../foundation/present.js";
import { floats } from "../../onnx/tensor.js";
import { platform } from "../platform.js";
import type { Job } from "../terminal/job.js";

/** Single objects, and scenes with a circle and a square. */
const count = 200;

/** @returns shares, 0 to 1, by what they are of */
export async function measureTexts(
  job: Job,
  file: Uint8Array,
  name: string,
  seed: number,
): Promise<Readonly<Record<string, number>>> {
  const scenes = drawCaptionedScenes({ seed, count: 20 * count });
  const open = (texts: readonly string[]) => loadModel(file, { platform, name, texts });
  const words = ["circle", "square"] as const;
  const found = await job.stage("testing", async (progress) =>
    wordEvidence(await open(words), words, scenes, { count, progress, signal: job.signal }),
  );
  const shares = words.map(
    (word, k) => [`three times an even map on the ${word}`, ratioOfWord(found, k).share] as const,
  );
  return {
    "right shape": await rightWord(await open(captionShapes), captionShapes, scenes),
    "right colour": await rightWord(await open(captionColours), captionColours, scenes),
    ...Object.fromEntries(shares),
  };
}

/** The share of single objects of which the likeliest word is one of their properties. */
async function rightWord(model: LoadedModel, words: readonly string[], scenes: DrawnScenes): Promise<number> {
  const classifier = model.classifier();
  let [right, all] = [0, 0];
  try {
    for (let i = 0; i < scenes.count && all < count; i++) {
      const { picture, caption } = await scenes.read(i);
      const [object, ...others] = caption?.objects ?? [];
      if (object === undefined || others.length > 0) continue;
      const shares = floats(await classifier.classify((await model.readImage(picture)).input));
      if (object.includes(at(words, shares.indexOf(Math.max(...shares))))) right++;
      all++;
    }
  } finally {
    await classifier.close();
  }
  return right / all;
}
