/** @file Pictures to a clip, with the sound of another one. */

import { extname } from "node:path";
import { FoveaError } from "../../../foundation/error.js";
import type { Picture } from "../../../image/picture/picture.js";
import { feed, filePath, localOnly, outputOf, runTool } from "../../inputs/clips/ffmpeg.js";
import type { Clip } from "../../inputs/clips/frames.js";

/** A container, with what is put into it. */
interface Container {
  /** As ffmpeg calls it. */
  readonly muxer: string;
  /** Encoders, the best first; not every ffmpeg has all. */
  readonly encoders: readonly string[];
  /** Sound that is taken over as it is. */
  readonly sound: readonly string[];
  /** What other sound becomes. */
  readonly soundEncoder: string;
}

const h264 = ["libx264", "libopenh264", "h264_videotoolbox", "h264_mf", "mpeg4"];
const mpeg = { encoders: h264, sound: ["aac", "mp3", "ac3"], soundEncoder: "aac" };
const containers: Readonly<Record<string, Container>> = {
  ".mp4": { muxer: "mp4", ...mpeg },
  ".m4v": { muxer: "mp4", ...mpeg },
  ".mov": { muxer: "mov", ...mpeg },
  ".mkv": { muxer: "matroska", ...mpeg, sound: [...mpeg.sound, "opus", "vorbis", "flac"] },
  ".webm": { muxer: "webm", encoders: ["libvpx-vp9", "libvpx"], sound: ["opus", "vorbis"], soundEncoder: "libopus" },
};

/** Endings of clips that are written. */
export const clipEndings: readonly string[] = Object.keys(containers);

/** Quality, by the encoder: without loss that one sees. */
const quality: Readonly<Record<string, readonly string[]>> = {
  libx264: ["-crf", "18", "-preset", "medium"],
  "libvpx-vp9": ["-crf", "24", "-b:v", "0", "-row-mt", "1"],
  mpeg4: ["-q:v", "3"],
};

export interface EncodeOptions {
  /** Whose rate and sound it gets. */
  readonly clip: Clip;
  /** The name that the clip gets, whose ending says how it is written. */
  readonly out: string;
  /** Where it is written. */
  readonly path: string;
}

/**
 * Writes pictures of one size as a clip without what the other one's metadata say. Sides of an odd length get a pixel more.
 * @throws FoveaError `bad-input` where ffmpeg has no encoder for it, `bad-file` with ffmpeg's words where it fails
 */
export async function encodeClip(pictures: AsyncIterable<Picture>, { clip, out, path }: EncodeOptions): Promise<void> {
  const container = containers[extname(out).toLowerCase()];
  if (container === undefined) throw new Error(`internal: no container for ${out}`);
  const encoder = await encoderFor(container, out);
  let tool: ReturnType<typeof runTool> | undefined;
  try {
    for await (const { width, height, pixels } of pictures) {
      tool ??= runTool("ffmpeg", argumentsFor(container, encoder, { clip, path, size: `${width}x${height}` }), out);
      await feed(tool, pixels);
    }
    if (tool === undefined) throw new FoveaError("bad-file", `${clip.path}: expected a clip with frames, got none`);
    tool.child.stdin.end();
    await tool.ended;
  } finally {
    await tool?.stop();
  }
}

function argumentsFor(
  { muxer, sound, soundEncoder }: Container,
  encoder: string,
  { clip, path, size }: { readonly clip: Clip; readonly path: string; readonly size: string },
): string[] {
  const frames = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", size, "-framerate", clip.rate, "-i", "pipe:0"];
  const hasSound = clip.audio !== undefined;
  const withSound = hasSound ? [...localOnly, "-i", filePath(clip.path), "-map", "0:v", "-map", "1:a:0"] : [];
  const soundAs = hasSound ? ["-c:a", sound.includes(clip.audio ?? "") ? "copy" : soundEncoder, "-shortest"] : [];
  const colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
  return [
    ...[...localOnly, ...frames, ...withSound, "-map_metadata", "-1", "-map_chapters", "-1"],
    ...["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p"],
    ...["-c:v", encoder, ...(quality[encoder] ?? []), ...colours, ...soundAs],
    ...(muxer === "mp4" || muxer === "mov" ? ["-movflags", "+faststart"] : []),
    ...["-y", "-f", muxer, filePath(path)],
  ];
}

async function encoderFor({ encoders }: Container, out: string): Promise<string> {
  const listed = await outputOf(runTool("ffmpeg", ["-nostdin", "-encoders"], out));
  const names = new Set(listed.split("\n").map((line) => line.trim().split(/\s+/)[1]));
  const encoder = encoders.find((name) => names.has(name));
  if (encoder !== undefined) return encoder;
  const expected = `expected an ffmpeg that has one of the encoders ${encoders.join(", ")}`;
  throw new FoveaError("bad-input", `${out}: ${expected}, got one without: install a full build of ffmpeg`);
}
