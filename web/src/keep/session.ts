/** @file A session, which is what the user opened and did: plain data that can be kept, and the sentence that offers it again. */

import { counted, list } from "../../../src/foundation/words.js";
import type { Sidecar } from "../../../src/model/settings/sidecar.js";
import type { ModelFiles } from "../engine/api.js";
import type { OpenPicture } from "../shared/open-picture.js";
import type { Stroke } from "../shared/strokes.js";
import { linkTo, type View } from "../shell/view.js";

/** @typeParam Content a file, or the key that it is kept under */
export interface Session<Content> {
  /** The view, as a link holds it. */
  readonly link: string;
  /** Undefined for one of the page's own, which the link names. */
  readonly model: KeptModel<Content> | undefined;
  /** Without their files where these were too large together. */
  readonly pictures: readonly KeptPicture<Content>[];
  readonly drawing: readonly Stroke[];
  /** What belongs to pictures, by its name: values with the pictures' places in the list. */
  readonly parts: KeptValues;
}

export interface KeptModel<Content> {
  readonly name: string;
  readonly files: readonly Content[];
  readonly given: Sidecar | undefined;
  readonly beside: Sidecar | undefined;
}

export interface KeptPicture<Content> {
  readonly name: string;
  readonly class: string | undefined;
  readonly file: Content | undefined;
}

export type KeptValues = Readonly<Record<string, readonly (readonly [picture: number, value: unknown])[]>>;

/** What is open, and what the user did with it. */
export interface OpenSession {
  readonly view: View;
  readonly files: ModelFiles | undefined;
  readonly pictures: readonly OpenPicture[];
  readonly drawing: readonly Stroke[];
  /** @param places of the pictures, by their ids */
  readonly parts: (places: ReadonlyMap<number, number>) => KeptValues;
}

/** Bytes of pictures together that are kept. */
export const mostBytes = 500e6;

/** The session to keep; undefined where nothing is open but what the page brought along. @param most bytes of pictures */
export function sessionOf(open: OpenSession, most = mostBytes): Session<Blob> | undefined {
  const { view, files, drawing } = open;
  const own = open.pictures.filter(({ file, drawn }) => file && !drawn);
  if (files === undefined && own.length === 0) return undefined;
  const fits = own.reduce((sum, { file }) => sum + (file?.size ?? 0), 0) <= most;
  const place = own.findIndex(({ id }) => id === open.pictures[view.picture]?.id);
  return {
    link: linkTo({ ...view, picture: Math.max(0, place) }),
    model: files && {
      name: files.files[0]?.name ?? "model",
      files: files.files,
      given: files.given,
      beside: files.beside,
    },
    pictures: own.map(({ name, class: folder, file }) => ({ name, class: folder, file: fits ? file : undefined })),
    drawing,
    parts: open.parts(new Map(own.map(({ id }, i) => [id, i]))),
  };
}

/** Whether there is something that can be opened again. */
export function canGoOn({ model, pictures }: Session<unknown>): boolean {
  return model !== undefined || pictures.some(({ file }) => file !== undefined);
}

/** E.g. `Go on with googlenet.onnx and 14 photos?` */
export function offerOf(session: Session<unknown>): string {
  const { model, pictures } = session;
  const [first] = pictures;
  const isOne = pictures.length === 1;
  const photos = isOne && first ? first.name : counted(pictures.length, "photo");
  const areKept = first?.file !== undefined;
  const tooLarge = isOne ? "was too large to be kept: open it again." : "were too large to be kept: open them again.";
  if (!canGoOn(session)) return `${isOne ? "" : "The "}${photos} of the last visit ${tooLarge}`;
  const question = `Go on with ${list([...(model ? [model.name] : []), ...(areKept ? [photos] : [])])}?`;
  return pictures.length === 0 || areKept ? question : `${question} ${isOne ? "" : "Its "}${photos} ${tooLarge}`;
}
