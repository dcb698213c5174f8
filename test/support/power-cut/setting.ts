/** @file A folder of inputs for commands that are killed: digits, photos, models, and a server with a file to download. */

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { drawDigits } from "../../../src/data/digits/digits.js";
import type { DownloadOptions } from "../../../src/files/download.js";
import { random } from "../../../src/foundation/random.js";
import { idxFiles } from "../images/idx.js";
import { tintedPhoto } from "../images/tinted-photo.js";
import { twoConvolutions } from "../models/two-convolutions.js";

const classes = ["green", "red"];

export interface Download {
  readonly url: string;
  readonly options: DownloadOptions;
}

/** Where commands are run: each in a folder of its own beside `inputs`, which they call `../inputs`. */
export interface Setting {
  readonly root: string;
  /** A file to download. */
  readonly download: Download;
  readonly close: () => void;
}

const repository = fileURLToPath(new URL("../../../", import.meta.url));

export async function makeSetting(): Promise<Setting> {
  const root = mkdtempSync(join(tmpdir(), "fovea-cut-"));
  const put = (name: string, bytes: Uint8Array | string) => {
    const path = join(root, "inputs", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  };
  const digits = drawDigits({ train: 600, test: 100 });
  for (const { name, bytes } of [...idxFiles(digits.train, "train"), ...idxFiles(digits.test, "t10k")])
    put(`sets/mnist/${name}`, bytes);
  for (const [split, count] of Object.entries({ train: 24, val: 6, test: 10 })) {
    for (let i = 0; i < count; i++) {
      put(`photos/${split}/red/${i}.png`, await tintedPhoto(0, `${split} red ${i}`));
      put(`photos/${split}/green/${i}.png`, await tintedPhoto(1, `${split} green ${i}`));
    }
  }
  put("described.onnx", twoConvolutions({ classes, last: "last" }));
  put("undescribed.onnx", twoConvolutions({ classes, last: "last", isDescribed: false }));
  copyFileSync(join(repository, "models/mnist.onnx"), join(root, "inputs/digits.onnx"));
  const source = random("download");
  const server = await serveSlowly(Uint8Array.from({ length: 2 ** 20 }, () => source.below(256)));
  return {
    root,
    download: server.download,
    close() {
      server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A server that takes a third of a second for its only file. */
async function serveSlowly(bytes: Uint8Array): Promise<{ download: Download; close: () => void }> {
  const pieces = 32;
  const server = createServer(async (_, response) => {
    for (let i = 0; i < pieces && !response.destroyed; i++) {
      response.write(bytes.subarray((i * bytes.length) / pieces, ((i + 1) * bytes.length) / pieces));
      await setTimeout(10);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    download: {
      url: `http://127.0.0.1:${port}/file`,
      options: { md5: createHash("md5").update(bytes).digest("hex"), bytes: bytes.length, loopback: true },
    },
    close: () => server.close(),
  };
}
