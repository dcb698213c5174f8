/** @file Entry `fovea/studio`: what the page is to open, as its server tells it. */

export type { Given, GivenImage, GivenModel } from "../serve/studio/given.js";
