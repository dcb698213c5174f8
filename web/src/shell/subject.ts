/** @file The subject of an explanation: an open picture, or the blank one to draw on. */

import type { ExplainRequest } from "../engine/api.js";
import type { OpenPicture } from "../shared/open-picture.js";

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
