/**
 * @file In the place of ffmpeg and ffprobe, so that tests need none: a clip of theirs is a JSON file, a coded clip is its frames as they
 * came. What it is asked is written beside it.
 */

import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const [, , program = "", ...args] = process.argv;
const name = basename(program);
const after = (flag) => args[args.indexOf(flag) + 1];
const fileOf = (path = "") => path.replace(/^file:/, "");
appendFileSync(process.env.STAND_IN_LOG ?? "/dev/null", `${JSON.stringify([name, ...args])}\n`);

/** The clip at a path. */
function clipAt(path) {
  try {
    const text = readFileSync(fileOf(path), "latin1");
    return JSON.parse(text.slice(text.indexOf("{")));
  } catch {
    process.stderr.write(`[mov @ 0x1] moov atom not found\n${path}: Invalid data found\n`);
    process.exit(1);
  }
}

function probe() {
  const { frames, audio } = clipAt(args.at(-1));
  const video = { codec_type: "video", codec_name: "h264", avg_frame_rate: "25/1", nb_frames: String(frames.length) };
  const sound = audio ? [{ codec_type: "audio", codec_name: audio }] : [];
  process.stdout.write(JSON.stringify({ streams: [video, ...sound], format: {} }));
}

/** Each frame is one grey on a picture of a given size, in pieces that end anywhere. */
function decode() {
  const { width, height, frames, breaks } = clipAt(after("-i"));
  const all = frames.map((grey) =>
    Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(3 * width * height, grey)]),
  );
  const bytes = Buffer.concat(all);
  for (let at = 0; at < bytes.length; at += 1000) process.stdout.write(bytes.subarray(at, at + 1000));
  if (!breaks) return;
  process.stderr.write("[h264 @ 0x2] error while decoding\n");
  process.exitCode = 1;
}

async function encode() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  writeFileSync(fileOf(args.at(-1)), Buffer.concat(parts));
}

if (name === "ffprobe") probe();
else if (args.includes("-encoders"))
  process.stdout.write(" V....D mpeg4  MPEG-4\n V....D libx264  H.264\n A....D libopus Opus\n");
else if (args.includes("rawvideo")) await encode();
else decode();
