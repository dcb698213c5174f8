/** @file The network of texts that comes with the package: what its words mean, and where its maps lie. */

import { describe, expect, it } from "vitest";
import { captionColours, captionShapes, captionWords } from "../../../src/data/scenes/captions.js";
import { drawCaptionedScenes } from "../../../src/data/scenes/draw-captioned.js";
import { ratioOfWord, wordEvidence } from "../../../src/evaluate/texts/word-evidence.js";
import { loadModel } from "../../../src/explain/node.js";
import { floats } from "../../../src/onnx/tensor.js";
import { runtime } from "../../support/runtime.js";
import { everything } from "../../support/share.js";

const file = "models/scenes-text.onnx";
const scenes = drawCaptionedScenes({ seed: 1, count: 4000 });
const count = everything ? 200 : 24;

describe("models/scenes-text.onnx", () => {
  it.each([
    ["circle", "square"],
    ["square", "circle"],
  ])("has the map of %s on it, and not on the %s of the same scene", async (word, other) => {
    const model = await loadModel(file, { runtime, texts: [word, other] });
    const found = await wordEvidence(model, [word, other], scenes, { count });
    expect(found.length).toBe(count);
    const { mean, share } = ratioOfWord(found, 0);
    expect(mean).toBeGreaterThanOrEqual(3);
    expect(share).toBeGreaterThan(0.6);
    // The same maps in the other thing's boxes.
    const elsewhere = { ...scenes, classes: exchanged(word, other) };
    const lost = await wordEvidence(model, [word, other], elsewhere, { count });
    expect(ratioOfWord(lost, 0).mean).toBeLessThan(mean / 2);
    const isMore = found.filter(({ ratios: [own = 0] }, i) => own > (lost[i]?.ratios[0] ?? 0));
    expect(isMore.length / count).toBeGreaterThan(0.8);
  });

  it("calls single things by their shape and their colour", async () => {
    for (const words of [captionShapes, captionColours] as const) {
      const model = await loadModel(file, { runtime, texts: words });
      const classifier = model.classifier();
      let [right, all] = [0, 0];
      for (let i = 0; all < 40; i++) {
        const { picture, caption } = await scenes.read(i);
        const [object, ...others] = caption?.objects ?? [];
        if (object === undefined || others.length > 0) continue;
        const shares = floats(await classifier.classify((await model.readImage(picture)).input));
        if (object.includes(words[shares.indexOf(Math.max(...shares))] ?? "")) right++;
        all++;
      }
      await classifier.close();
      expect(right / all, words.join()).toBeGreaterThan(0.9);
    }
  });

  it("knows each word of captions, tells synonyms, and refuses others", async () => {
    const open = (...texts: string[]) => loadModel(file, { runtime, texts });
    expect(captionWords.length).toBeGreaterThanOrEqual(30);
    expect((await open(...captionWords)).classCount).toBe(captionWords.length);
    expect((await open("A Red circle, and a square.")).card.classes).toEqual(["A Red circle, and a square."]);
    await expect(open("circle", "a dog")).rejects.toThrow(
      /text: expected words that the model knows \(a, an, and, .*\), got "dog"/,
    );
  });
});

/** The classes with two names exchanged. */
function exchanged(word: string, other: string): readonly string[] {
  return captionShapes.map((name) => (name === word ? other : name === other ? word : name));
}
