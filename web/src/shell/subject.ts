/** @file The subject of an explanation, an open picture or the blank one to draw on, and what is asked about it. */

import { evenly } from "../../../src/data/subsets.js";
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

/** What moves; its frames are asked about one by one. */
export function liveSubject({ source, size }: Moving): Subject {
  return { key: "live", picture: { blank: 1 }, name: source.name, url: undefined, width: 4, height: 3, ...size };
}

/** The part of a moving picture that is a subject. */
interface Moving {
  readonly source: { readonly name: string };
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

export function subjectOf({ id, name, url, width, height }: OpenPicture): Subject {
  return { key: String(id), picture: id, name, url, width, height };
}

/** What a request is made of, besides its subject. */
export interface Asked {
  readonly view: View;
  readonly strokes: readonly Stroke[];
  readonly pictures: readonly OpenPicture[];
}

/** What the view asks the worker for. */
export function requestFor(
  { picture }: Subject,
  { methods }: ModelView,
  { view, strokes, pictures }: Asked,
): ExplainRequest {
  const { method, layer, target, minus, against, baseline } = view;
  const chosen = methods.find(({ name }) => name === method);
  return {
    picture,
    method,
    layer: chosen?.at === "image" ? "auto" : layer,
    classes: [target],
    minus,
    similarTo: view.similar === undefined ? undefined : pictures[view.similar]?.id,
    against,
    baseline: chosen?.baselines.find((name) => name === baseline),
    background: chosen?.drawsBaselines && baseline === "pictures" ? backgroundOf(picture, pictures) : undefined,
    strokes,
  };
}

/** More would make the page wait: each is read, and the network runs for it. */
const mostBackground = 64;

/** The pictures that stand behind one: all others that are open, or some that lie evenly among them. None where there is no other. */
export function backgroundOf(
  picture: ExplainRequest["picture"],
  pictures: readonly Pick<OpenPicture, "id">[],
): number[] | undefined {
  const others = pictures.map(({ id }) => id).filter((id) => id !== picture);
  return others.length > 0 ? evenly(others, mostBackground) : undefined;
}
