/** @file A report of three concepts and two classes, with values that every sentence can be checked against. */

import type { ConceptReport, ConceptsReportData } from "../../../src/report/concepts/concepts-data.js";

const dot =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
const picture = { src: dot, width: 320, height: 240 };
const between = (low: number, value: number, high: number) => ({ value, low, high });
const worth = (low: number, value: number, high: number) => ({
  importance: between(0.4, 0.5, 0.6),
  drop: between(low, value, high),
});

function concept(number: number, more: Partial<ConceptReport>): ConceptReport {
  return {
    number,
    colour: "#e69f00",
    importance: between(0.5 / number, 0.6 / number, 0.7 / number),
    drop: between(1, 2, 3),
    changes: 0.25,
    present: 0.5,
    stable: true,
    classes: [worth(1, 2, 3), worth(-3, -2, -1)],
    patches: [{ image: "cat & dog.jpg", picture }],
    maps: [
      { image: "cat & dog.jpg", picture, label: "cat", score: 8, without: 5.5, answer: "<dog>", changes: true },
      { image: "b.jpg", picture, label: "cat", score: 7, without: 6, answer: "cat", changes: false },
    ],
    ...more,
  };
}

export const conceptsFixture: ConceptsReportData = {
  title: "net: concepts for the predicted class",
  date: "2026-01-31",
  model: "net",
  images: "photos",
  layer: { name: "relu", size: "8×3×3", reason: "the last feature map before the scores" },
  search: { from: "places", images: 12, leftOver: 0.4, converged: true, negative: 0 },
  study: { images: 12, score: 7.5, rebuilt: 7 },
  classes: ["cat", "<dog>"],
  concepts: [
    concept(1, {}),
    concept(2, { drop: between(-4, -3, -2), changes: 0, classes: [worth(-4, -3, -2), worth(-1, 0, 1)], stable: false }),
    concept(3, { drop: between(-1, 0.5, 2), present: 0, classes: [undefined, undefined], patches: [], maps: [] }),
  ],
  together: [{ image: "b.jpg", label: "cat", picture, numbers: [1, 2] }],
  colours: { name: "inferno", stops: ["#000000", "#ffffff"] },
  reproduce: {
    commands: ["fovea concepts net.onnx photos --count 3 --report concepts.html"],
    seed: 1,
    versions: [{ name: "fovea", version: "1.2.3" }],
  },
};
