/** @file SVG drawings drawn by a process of their own: a few lines of filters or copies may ask for hours and all memory. */

import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { readStream } from "../../files/input/read-input.js";
import { FoveaError } from "../../foundation/error.js";
import { present } from "../../foundation/present.js";
import { bytesInWords } from "../../foundation/words.js";

/** Whether a file that is no other picture may be a drawing to the decoder: text with its tag near the start, or packed text. */
export function mayBeSvg(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 8192)).replaceAll("\0", "");
  return /<(?:[\w.-]+:)?svg/i.test(start);
}

/** Seconds of computing, seconds in all, and bytes of memory that a drawing may take. */
const limits = { computing: 3, waiting: 60, memory: 640 * 2 ** 20 } as const;

/**
 * What the process runs: it takes a drawing on standard input and answers with a line that says what follows, `picture`, `size`,
 * `fault`, or which limit it reached. It watches itself, because the decoder computes on another thread.
 */
const program = `
const { writeSync } = require("node:fs");
const self = globalThis["process"];
const [sharpPath, maxPixels, computing, memory] = self.argv.slice(1);
const giveUp = (limit) => { writeSync(1, limit + "\\n"); self.kill(self.pid, "SIGKILL"); };
const timer = setInterval(() => {
  const { user, system } = self.cpuUsage();
  if (user + system > 1e6 * computing) giveUp("time");
  if (self.memoryUsage.rss() > memory) giveUp("memory");
}, 5);
const answer = (kind, body) => { clearInterval(timer); self.stdout.write(kind + "\\n"); self.stdout.write(body); };
(async () => {
  const pieces = [];
  for await (const piece of self.stdin) pieces.push(piece);
  const sharp = require(sharpPath);
  sharp.concurrency(1);
  const input = Buffer.concat(pieces);
  const { width, height } = await sharp(input, { limitInputPixels: false }).metadata();
  if (width * height > maxPixels) return answer("size", JSON.stringify([width, height]));
  answer("picture", await sharp(input, { limitInputPixels: false }).png({ compressionLevel: 1 }).toBuffer());
})().catch((error) => answer("fault", String(error.message)));
`;

/** What came of a drawing. */
export type DrawnSvg =
  | { readonly png: Uint8Array }
  /** It has more pixels than it may have. */
  | { readonly size: readonly [width: number, height: number] }
  /** The decoder's words. */
  | { readonly fault: string };

let last: Promise<unknown> = Promise.resolve();

/**
 * Draws an SVG at its own size; one after another, so that their memory does not add up.
 * @param name begins the errors
 * @throws FoveaError `bad-input` for a drawing that takes too long or too much memory
 */
export function drawSvg(svg: Uint8Array, maxPixels: number, name: string): Promise<DrawnSvg> {
  const drawing = last.then(async () => answerOf(await drawApart(svg, maxPixels, name), name));
  last = drawing.catch(() => undefined);
  return drawing;
}

async function drawApart(svg: Uint8Array, maxPixels: number, name: string): Promise<Uint8Array> {
  const decoder = createRequire(import.meta.url).resolve("sharp");
  const { computing, waiting, memory } = limits;
  const args = [Number.isFinite(maxPixels) ? maxPixels : Number.MAX_SAFE_INTEGER, computing, memory].map(String);
  const child = fork(decoder, args, { execArgv: ["-e", program], stdio: ["pipe", "pipe", "ignore", "ipc"] });
  const [input, answer] = [present(child.stdin, "input of a process"), present(child.stdout, "output of a process")];
  const failure = new Promise<never>((_, reject) => child.once("error", reject));
  const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * waiting);
  try {
    // One that ended early takes no more; its answer says why.
    input.on("error", () => undefined).end(svg);
    return await Promise.race([readStream(answer, "image", `${name}: image`), failure]);
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function answerOf(answer: Uint8Array, name: string): DrawnSvg {
  const end = answer.indexOf(0x0a);
  const body = answer.subarray(end + 1);
  const text = () => new TextDecoder().decode(body);
  switch (new TextDecoder().decode(answer.subarray(0, Math.max(0, end)))) {
    case "picture":
      return { png: body };
    case "size": {
      const [width, height]: [number, number] = JSON.parse(text());
      return { size: [width, height] };
    }
    case "fault":
      return { fault: text() };
    case "memory":
      throw tooMuch(name, `more than ${bytesInWords(limits.memory)} of memory`);
    default:
      throw tooMuch(name, `more than ${limits.computing} s of computing`);
  }
}

function tooMuch(name: string, got: string): FoveaError {
  const expected = "expected a drawing that is drawn in a moment";
  return new FoveaError("bad-input", `${name}: image: ${expected}, got one that takes ${got}: save it as PNG`);
}
