/** @file Samples of WebDataset: the members of a tar archive whose names are the same up to the first dot, one after another. */

import { staysBelow } from "../../../files/own-folder.js";
import type { TarMember } from "./members.js";

/** An image, and the members that tell of it. */
export interface Sample {
  readonly image: TarMember;
  /** By their endings, in small letters: `cls`, `json`, `txt`. */
  readonly about: ReadonlyMap<string, TarMember>;
}

const pictures = /^(jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|svg|bmp|heic|heif|jp2|jxl|psd)$/;
const labels = ["cls", "json", "txt"];

/** The most members of one name; a key that a million share is none. */
const mostMembers = 1000;

/**
 * The samples of an archive. One with members that tell of it has one image, the first with the shortest ending (`jpg`, not `mask.png`);
 * of others every image is a sample of its own.
 * @param onOutside told of a member whose name leads out of the archive
 */
export async function* samplesOf(
  members: AsyncIterable<TarMember>,
  onOutside: (name: string) => void,
): AsyncGenerator<Sample> {
  let key: string | undefined;
  let group: Member[] = [];
  for await (const found of members) {
    const name = found.name.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
    if (name.split("/").some((part) => part.startsWith(".") && part !== "." && part !== "..")) continue;
    if (!staysBelow(name)) {
      onOutside(found.name);
      continue;
    }
    const member = { ...found, ...partsOf(name), name };
    if (member.key !== key || group.length >= mostMembers) {
      yield* samplesIn(group);
      [key, group] = [member.key, []];
    }
    group.push(member);
  }
  yield* samplesIn(group);
}

interface Member extends TarMember {
  readonly key: string;
  /** Behind the first dot, in small letters. */
  readonly ending: string;
}

function partsOf(name: string): Pick<Member, "key" | "ending"> {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  return dot < 0 ? { key: name, ending: "" } : { key: name.slice(0, dot), ending: name.slice(dot + 1).toLowerCase() };
}

function samplesIn(group: readonly Member[]): Sample[] {
  const about = new Map(group.flatMap((member) => (labels.includes(member.ending) ? [[member.ending, member]] : [])));
  const images = group.filter(({ ending }) => pictures.test(ending.slice(ending.lastIndexOf(".") + 1)));
  const dots = ({ ending }: Member) => ending.split(".").length;
  const chosen = about.size === 0 ? images : images.toSorted((a, b) => dots(a) - dots(b)).slice(0, 1);
  return chosen.map((image) => ({ image, about }));
}
