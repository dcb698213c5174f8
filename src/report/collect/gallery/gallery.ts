/** @file What a report shows of single images: slow to make, so it is made of few, and kept with the part of a dataset that it was made from. */

import { FoveaError } from "../../../foundation/error.js";
import type { Shown, ShownKind } from "./shown.js";

/** Makes what is shown of some images of a model, in the order of the images. */
export type MakeShown<Kind extends ShownKind> = (
  model: number,
  indices: readonly number[],
) => Promise<readonly Shown[Kind][]>;

/** Gives what is shown of images, by the positions of the model and of the images. */
export interface Gallery {
  get<Kind extends ShownKind>(kind: Kind, model: number, indices: readonly number[]): Promise<readonly Shown[Kind][]>;
}

/** By kind; one that is not made is never asked for. */
export type Makers = { readonly [Kind in ShownKind]?: MakeShown<Kind> };

/** A thing that was made. */
export interface MadeShown {
  readonly kind: ShownKind;
  readonly model: number;
  readonly index: number;
  /** Null where an image says nothing. */
  readonly shown: Shown[ShownKind] | null;
}

/** Makes what it is asked for. @param keep called with each thing that was made. Default: nothing is called */
export function liveGallery(makers: Makers, keep?: (made: MadeShown) => void): Gallery {
  return {
    async get(kind, model, indices) {
      const make = makers[kind];
      if (make === undefined) throw new Error(`internal: nothing makes ${kind}`);
      const shown = await make(model, indices);
      for (const [i, index] of indices.entries()) keep?.({ kind, model, index, shown: shown[i] ?? null });
      return shown;
    },
  };
}

/** Makes something of images one after the other. */
export async function eachShown<Made>(
  indices: readonly number[],
  make: (index: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const index of indices) made.push(await make(index));
  return made;
}

/** @throws FoveaError `bad-file` where a part lacks what it should hold */
export function missingShown(kind: ShownKind, image: string): FoveaError {
  return new FoveaError("bad-file", `${kind} of ${image}: expected its pictures in one of the parts, got none`);
}
