/** @file Opens pictures in groups, however many: few are decoded and refused if damaged, of many only the headers are read. */

import type { OpenedPicture, PictureSource } from "../../engine/api.js";
import type { NewPicture, OpenPicture } from "../../shared/open-picture.js";

/** The part of the worker that opens pictures. */
export interface PictureOpener {
  /** @param unread whether only headers are read */
  openPictures(sources: readonly PictureSource[], unread: boolean): Promise<readonly OpenedPicture[]>;
}

/** Some of the pictures, and why others are not there. */
export interface OpenedGroup {
  readonly pictures: readonly OpenPicture[];
  readonly reasons: readonly string[];
  /** Of all, with this group. */
  readonly done: number;
}

/** Of so many pictures each is decoded when it is opened; more are read when they are needed. */
const mostDecoded = 24;
/** Pictures that are opened with one request: more would hold up the page for longer than a frame or two. */
const openedTogether = 32;
/** Reasons that are shown one by one. */
const mostReasons = 2;

export async function* openGroups(engine: PictureOpener, sources: readonly NewPicture[]): AsyncGenerator<OpenedGroup> {
  for (let at = 0; at < sources.length; at += openedTogether) {
    const group = sources.slice(at, at + openedTogether);
    const files = group.map(({ blob, name }) => ({ source: blob, name }));
    const opened = await engine.openPictures(files, sources.length > mostDecoded);
    yield {
      pictures: group.flatMap((source, i) => {
        const view = opened[i]?.view;
        const { blob, class: folder, drawn } = source;
        const file = typeof blob === "string" ? undefined : blob;
        return view ? [{ ...view, url: urlOf(blob), file, class: folder, drawn }] : [];
      }),
      reasons: opened.flatMap(({ reason }) => reason ?? []),
      done: at + group.length,
    };
  }
}

function urlOf(blob: Blob | string): string {
  return typeof blob === "string" ? blob : URL.createObjectURL(blob);
}

/** The first reasons, and how many more there are. */
export function summarizeReasons(reasons: readonly string[]): string[] {
  const more = reasons.length - mostReasons;
  return [...reasons.slice(0, mostReasons), ...(more > 0 ? [`${more} more images cannot be opened.`] : [])];
}
