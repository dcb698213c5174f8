/** @file What a report of concepts says in words, and that the page says it. */

import { expect, it } from "vitest";
import { at } from "../../../src/foundation/present.js";
import { renderConceptsReport } from "../../../src/report/concepts/page/render-concepts.js";
import { directionOf, lead, limits, meaning } from "../../../src/report/concepts/page/words.js";
import { conceptsFixture } from "./fixture.js";

const [first, second, third] = [0, 1, 2].map((i) => at(conceptsFixture.concepts, i));
const said = (concept = first) => (concept ? meaning(concept, conceptsFixture) : "");

it("says that a concept raises or lowers a score only where the interval is on one side of zero", () => {
  expect(directionOf({ low: 0.1, value: 1, high: 2 })).toBe("raises");
  expect(directionOf({ low: -2, value: -1, high: -0.1 })).toBe("lowers");
  expect(directionOf({ low: -0.1, value: 1, high: 2 })).toBe("unclear");
});

it("goes by the value alone where a single image gives no interval", () => {
  expect([1, -1, 0].map((value) => directionOf({ low: value, value, high: value }))).toEqual([
    "raises",
    "lowers",
    "unclear",
  ]);
});

it("says what a concept means: where it is, what happens without it, and for which classes", () => {
  expect(said()).toBe(
    "It is in 6 of 12 images. Without it the score of the predicted class falls by 2.00 (1.00 to 3.00). In 25\u202f% of the images the answer is another one then. Where it is, it raises the score of cat and lowers that of <dog>.",
  );
  expect(said(second)).toBe(
    "It is in 6 of 12 images. Without it the score of the predicted class rises by 3.00 (2.00 to 4.00). The answer stays the same in every image. Where it is, it lowers the score of cat. It is not stable: other starts of the search find another concept in its place.",
  );
  expect(said(third)).toBe("None of the measured images has a region of it, so nothing can be said of its worth.");
});

it("names the concept without which the score falls most, not one of which that is not known", () => {
  expect(lead(conceptsFixture)).toBe("Concept 1 counts most: without it the score falls by 2.00 of 7.50.");
  const others = conceptsFixture.concepts.slice(1);
  expect(lead({ ...conceptsFixture, concepts: others })).toBe("No concept is known to raise the score.");
});

it("warns of few images, of what is left over, of a search that was stopped and of negative numbers", () => {
  const few = {
    ...conceptsFixture,
    study: { ...conceptsFixture.study, images: 3 },
    search: { ...conceptsFixture.search, converged: false, negative: 0.2 },
  };
  const told = limits(few).join(" ");
  expect(told).toContain("3 images are few");
  expect(told).toContain("leave over 40\u202f% of what the layer holds");
  expect(told).toContain("still getting better when it was stopped");
  expect(told).toContain("20.0\u202f% of the activations’ squares are negative");
  const good = { ...conceptsFixture, search: { ...conceptsFixture.search, leftOver: 0.1 } };
  expect(limits(good).join(" ")).not.toMatch(/are few|leave over|stopped|negative/);
});

it("escapes names of classes and images, and signs an importance only where the sign is known", () => {
  const page = renderConceptsReport(conceptsFixture);
  expect(page).not.toContain("<dog>");
  expect(page).toContain("cat &amp; dog.jpg");
  const rows = [...page.matchAll(/<tr><th scope="row">(\d)<\/th>(.*?)<\/tr>/g)].map(([, , cells = ""]) =>
    [...cells.matchAll(/<td[^>]*>(?:<b>)?([^<]*)/g)].map(([, text]) => text),
  );
  expect(rows.slice(3)).toEqual([
    ["+0.50", "−0.50"],
    ["−0.50", "0.50"],
    ["–", "–"],
  ]);
});
