/** @file The section about Keras that is kept where its reference cases are not at hand. */

import { expect, it } from "vitest";
import { kerasSection, kerasSectionIn } from "./keras-page.js";

it("kerasSectionIn(page) finds what kerasSection wrote, and nothing in another page", () => {
  const section = kerasSection([]);
  expect(kerasSectionIn(`# Conformance\n\n| case |\n${section}`)).toBe(section);
  expect(kerasSectionIn("# Conformance\n")).toBe("");
});
