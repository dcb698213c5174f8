/** @file The frames of a clip, as pictures that come one after the other. */

import { FoveaError } from "../../../foundation/error.js";
import { createPicture, type Picture } from "../../../image/picture/picture.js";
import { filePath, localOnly, outputOf, runTool } from "./ffmpeg.js";

/** What a clip says of itself. */
export interface Clip {
  readonly path: string;
  /** Frames a second, a number or a fraction as ffmpeg takes it: `30000/1001`. */
  readonly rate: string;
  /** How many frames there should be; undefined where the clip does not tell. */
  readonly frames: number | undefined;
  /** The codec of its sound; undefined for none. */
  readonly audio: string | undefined;
}

interface Probed {
  readonly streams?: readonly {
    readonly codec_type?: string;
    readonly codec_name?: string;
    readonly avg_frame_rate?: string;
    readonly r_frame_rate?: string;
    readonly nb_frames?: string;
    readonly duration?: string;
  }[];
  readonly format?: { readonly duration?: string };
}

/** @throws FoveaError `bad-file` for what is no clip, `bad-input` where ffprobe is not installed */
export async function probeClip(path: string): Promise<Clip> {
  const args = [...localOnly, "-show_streams", "-show_format", "-of", "json", filePath(path)];
  const { streams = [], format = {} }: Probed = JSON.parse(await outputOf(runTool("ffprobe", args, path)));
  const video = streams.find(({ codec_type }) => codec_type === "video");
  if (video === undefined) throw new FoveaError("bad-file", `${path}: expected a clip with pictures, got none in it`);
  const rates = [video.avg_frame_rate, video.r_frame_rate].filter((each = "0/0") => rateOf(each) > 0);
  const [rate = "25"] = rates;
  const seconds = Number(video.duration ?? format.duration);
  const counted = Number(video.nb_frames ?? Math.round(seconds * rateOf(rate)));
  return {
    path,
    rate,
    frames: counted > 0 ? counted : undefined,
    audio: streams.find(({ codec_type }) => codec_type === "audio")?.codec_name,
  };
}

function rateOf(fraction: string): number {
  const [above = 0, below = 1] = fraction.split("/").map(Number);
  return below === 0 ? 0 : above / below;
}

/**
 * The frames at the clip's rate, turned as the clip says. No more of them are read ahead than a pipe holds.
 * @throws FoveaError `bad-file` for a clip that breaks off; the signal's reason
 */
export async function* framesOf({ path, rate }: Clip, signal: AbortSignal): AsyncGenerator<Picture> {
  const shape = ["-map", "0:v:0", "-vf", `fps=${rate}`, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"];
  const tool = runTool("ffmpeg", ["-nostdin", ...localOnly, "-i", filePath(path), ...shape], path);
  try {
    for await (const frame of picturesIn(tool.child.stdout)) {
      signal.throwIfAborted();
      yield frame;
    }
    await tool.ended;
  } finally {
    await tool.stop();
  }
}

/** Longer heads are none. */
const longestHead = 64;

/** Pictures in the format PPM (P6), one behind the other. */
export async function* picturesIn(bytes: AsyncIterable<Buffer>): AsyncGenerator<Picture> {
  let rest = Buffer.alloc(0);
  let frame:
    | { readonly width: number; readonly height: number; readonly pixels: Uint8Array; filled: number }
    | undefined;
  for await (const chunk of bytes) {
    let at = 0;
    while (at < chunk.length) {
      if (frame === undefined) {
        rest = Buffer.concat([rest, chunk.subarray(at, at + longestHead)]);
        const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(rest.subarray(0, longestHead).toString("latin1"));
        const taken = Math.min(longestHead, chunk.length - at);
        if (head === null) {
          if (rest.length >= longestHead) throw new Error("internal: no frame where one should begin");
          at += taken;
          continue;
        }
        at += head[0].length - (rest.length - taken);
        const [width, height] = [Number(head[1]), Number(head[2])];
        frame = { width, height, pixels: new Uint8Array(3 * width * height), filled: 0 };
        rest = Buffer.alloc(0);
      }
      const part = chunk.subarray(at, at + frame.pixels.length - frame.filled);
      frame.pixels.set(part, frame.filled);
      frame.filled += part.length;
      at += part.length;
      if (frame.filled < frame.pixels.length) break;
      yield createPicture(frame.width, frame.height, 3, frame.pixels);
      frame = undefined;
    }
  }
}
