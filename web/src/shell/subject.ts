/** @file The subject of an explanation, an open picture or the blank one to draw on, and what is asked about it. */

import type { ExplainRequest, ModelView } from "../engine/api.js";
import type { OpenPicture } from "../shared/open-picture.js";
import type { Stroke } from "../shared/strokes.js";
import type { View } from "./view.js";

export interface Subject {
  readonly key: string;
  readonly picture: ExplainRequest["picture"];
  readonly name: string;
  /** For `<img>`; undefined for the blank one. */
  readonly url: string | undefined;
  readonly width: number;
  readonly height: number;
}

const blankSide = 280;

export const blankSubject: Subject = {
  key: "blank",
  picture: { blank: blankSide },
  name: "your drawing",
  url: undefined,
  width: blankSide,
  height: blankSide,
};

export function subjectOf({ id, name, url, width, height }: OpenPicture): Subject {
  return { key: String(id), picture: id, name, url, width, height };
}

/** What the view asks the worker for. */
export function requestFor(
  { picture }: Subject,
  { methods }: ModelView,
  { view, strokes }: { readonly view: View; readonly strokes: readonly Stroke[] },
): ExplainRequest {
  const { method, layer, target, minus, against, baseline } = view;
  const chosen = methods.find(({ name }) => name === method);
  return {
    picture,
    method,
    layer: chosen?.at === "image" ? "auto" : layer,
    classes: [target],
    minus,
    against,
    baseline: chosen?.startsAtBaseline ? baseline : undefined,
    strokes,
  };
}
