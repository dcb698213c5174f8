/** @file Explanations in answers: what they say, and that `<fovea-heatmap>` takes them as they are. */

import { describe, expect, it } from "vitest";
import { readHeatMap } from "../../../../src/element/map-data.js";
import { explanationOf, predictionOf } from "../../../../src/serve/api/protocol/instance-answers.js";

const cat = { index: 1, label: "cat", score: 2.5, probability: 0.75 };
const box = { x: 1, y: 0, width: 4, height: 4 };
const map = { ...cat, sizes: [1, 2], values: Float32Array.of(0.5, -1), note: undefined, overlay: undefined };
const scored = {
  predicted: cat,
  scores: Float32Array.of(1, 2.5),
  probabilities: Float32Array.of(0.25, 0.75),
  explanation: { layer: "relu", method: "grad-cam", size: { width: 6, height: 4 }, box, maps: [map] },
};

describe("explanationOf", () => {
  it("says the class, the layer, and each map with its place", () => {
    expect(explanationOf(scored, { against: false, signed: true })).toEqual({
      predicted: { class: 1, label: "cat", score: 2.5, probability: 0.75 },
      ...{ method: "grad-cam", layer: "relu", against: false, image: { width: 6, height: 4 } },
      maps: [
        {
          ...{ class: 1, label: "cat", score: 2.5, probability: 0.75 },
          ...{ width: 2, height: 1, values: [0.5, -1], box, signed: true },
        },
      ],
    });
  });

  it("gives maps of other axes their sizes, and drawn ones and doubtful ones what they have", () => {
    const other = { ...map, sizes: [2], note: "blank", overlay: Uint8Array.of(1, 2, 3) };
    const answer = explanationOf(
      { ...scored, explanation: { ...scored.explanation, size: undefined, box: undefined, maps: [other] } },
      { against: true, signed: false },
    );
    expect(answer).not.toHaveProperty("image");
    expect(answer.maps[0]).toMatchObject({ sizes: [2], note: "blank", overlay: { b64: "AQID" } });
    expect(answer.maps[0]).not.toHaveProperty("box");
  });

  it("is what the element reads", async () => {
    const text = JSON.stringify(explanationOf(scored, { against: false, signed: true }));
    const read = await readHeatMap(new TextEncoder().encode(text), "answer", [0]);
    expect(read).toMatchObject({ label: "cat", box, signed: true, map: { width: 2, height: 1 } });
    expect([...read.map.values]).toEqual([0.5, -1]);
  });
});

describe("predictionOf", () => {
  it("has all scores", () => {
    expect(predictionOf(scored)).toEqual({
      ...{ class: 1, label: "cat", score: 2.5, probability: 0.75 },
      ...{ scores: [1, 2.5], probabilities: [0.25, 0.75] },
    });
  });
});
