/** @file Which inputs are clips, what `fovea explain` can do with one, and where the result goes. */

import { basename, dirname, extname, join } from "node:path";
import type { LoadedModel } from "../../../explain/loaded-model.js";
import { startOf } from "../../../files/kinds/kind.js";
import { videoKind } from "../../../files/kinds/other-kinds.js";
import { startOfFile } from "../../../files/kinds/start-of-file.js";
import { FoveaError } from "../../../foundation/error.js";
import { list } from "../../../foundation/words.js";
import type { ExplainFlags } from "../../options/explain-options.js";
import { standardOutput } from "../../terminal/standard-output.js";
import { clipEndings } from "./encode.js";

const named = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|ogv)$/i;

/** Whether a path leads to a clip, by its first bytes, or its name where it is none of the files that are known. */
export function isClip(path: string): boolean {
  const head = startOfFile(path);
  return head === undefined ? false : videoKind.is(startOf(head)) || (named.test(path) && head.length > 0);
}

/**
 * The one clip among inputs; undefined for none.
 * @throws FoveaError `bad-input` for a clip beside other inputs
 */
export function clipAmong(inputs: readonly string[]): string | undefined {
  const clip = inputs.find(isClip);
  if (clip === undefined || inputs.length === 1) return clip;
  throw new FoveaError(
    "bad-input",
    `${clip}: expected a clip by itself, got ${inputs.length} inputs: explain one after the other`,
  );
}

/** Options of single pictures. */
const ofPictures = [
  ...([
    "trust",
    "agreement",
    "check",
    "showSteps",
    "stepsTo",
    "raw",
    "skipExisting",
    "components",
    "fuse",
    "augment",
    "format",
  ] as const),
  ...(["box", "conf", "iou"] as const),
];

/** @throws FoveaError `bad-input` for what is not done with clips */
export function refuseForClips({ task, input }: LoadedModel, flags: ExplainFlags): void {
  const [option] = ofPictures.filter((name) => flags[name] !== undefined && flags[name] !== false);
  const flag = option?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (flag !== undefined) throw new FoveaError("bad-input", `--${flag}: expected pictures, got a clip`);
  const texts = flags.class.flatMap((text) => text.split(","));
  if (texts.length > 1 || /^top-(?!1$)/.test(texts[0] ?? ""))
    throw new FoveaError("bad-input", `--class: expected one class for all frames of a clip, got ${list(texts)}`);
  if (flags.method === "all") throw new FoveaError("bad-input", "--method all: expected one method for a clip");
  const advice = "take single frames: ffmpeg -i CLIP frame%04d.png";
  if (task.name === "detection" || task.name === "embedding")
    throw new FoveaError(
      "bad-input",
      `clip: expected a model with scores for each frame, got one for ${task.name}: ${advice}`,
    );
  if ((input.dims?.length ?? 4) !== 4)
    throw new FoveaError(
      "bad-input",
      `clip: expected a model of pictures or of clips, got an input [${input.dims?.join(", ")}]`,
    );
}

/** Where the clip goes: beside the input unless the user says it. @throws FoveaError `bad-input` */
export function clipOutput(path: string, out: string | undefined): string {
  const ending = extname(path).toLowerCase();
  const usual = `${basename(path, extname(path))}.fovea${clipEndings.includes(ending) ? ending : ".mp4"}`;
  if (out === undefined) return join(dirname(path), usual);
  if (out === standardOutput) throw new FoveaError("bad-input", "--out -: expected a file for a clip");
  if (/[/\\]$/.test(out)) return join(out, usual);
  if (clipEndings.includes(extname(out).toLowerCase())) return out;
  throw new FoveaError(
    "bad-input",
    `--out ${out}: expected a name that ends in ${clipEndings.join(", ")}, or a folder with / at its end`,
  );
}
