/** @file `fovea improve --accept`: labels that a person confirmed to be wrong, by the names that lists and protocols use. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../../data/photos/folder.js";
import { tintedPhoto } from "../../support/images/tinted-photo.js";
import { twoConvolutions } from "../../support/models/two-convolutions.js";
import { fovea } from "../fovea.js";

const folder = testFolder();
afterAll(() => folder.remove());
const changes = join(folder.path, "label-changes.csv");
const header = "path,old,new,verdict\r\n";

beforeAll(async () => {
  for (const split of ["train", "test"]) {
    for (let i = 0; i < 12; i++) {
      await folder.write({
        [`photos/${split}/green/${i}.png`]: await tintedPhoto(1, `${split} green ${i}`),
        [`photos/${split}/red/${i}.png`]: await tintedPhoto(0, `${split} red ${i}`),
      });
    }
  }
  await folder.write({ "m.onnx": twoConvolutions({ classes: ["green", "red"], last: "linear" }) });
});

const improve = (protocol: string, ...more: string[]) =>
  fovea(folder.path, ["improve", "m.onnx", "photos", "--only", "discover", "--protocol", protocol, ...more]);

describe("fovea improve --accept", { timeout: 60_000 }, () => {
  it("says and writes down how many labels of each part are replaced, and leaves the data alone", async () => {
    const before = readdirSync(join(folder.path, "photos"), { recursive: true });
    const rows = ["train/red/1.png,red,green,label wrong", "test/red/2.png,red,green,Label wrong"];
    writeFileSync(changes, [`${header}${rows[0]}`, rows[1], "test/green/3.png,green,red,unclear", ""].join("\r\n"));
    const { code, out } = await improve("p.json", "--accept", "label-changes.csv");
    expect(code).toBe(0);
    expect(out).toMatch(/^2 labels that a person confirmed to be wrong are replaced: 1 of training, 0 of validation/);
    const protocol = JSON.parse(readFileSync(join(folder.path, "p.json"), "utf8"));
    expect(protocol.replaced).toMatchObject({ train: 1, validation: 0, sealed: 1 });
    expect(protocol.replaced.sentence).toContain("a person saw those sealed images");
    expect(protocol.replaced.changes).toEqual([
      { path: "train/red/1.png", old: "red", new: "green" },
      { path: "test/red/2.png", old: "red", new: "green" },
    ]);
    expect(protocol.split).toMatchObject({ sealed: 24, opened: null });
    expect(readdirSync(join(folder.path, "photos"), { recursive: true })).toEqual(before);
  });

  it("refuses the protocol of other labels", async () => {
    const { code, err } = await improve("p.json");
    expect(code).toBe(2);
    expect(err).toContain("p.json: expected the protocol of this list of confirmed labels, got that of another one");
  });

  it.each([
    [
      "train/red/99.png,red,green,label wrong",
      /line 2: path: expected an image of the data, got "train\/red\/99\.png"/,
    ],
    ["train/red/1.png,green,red,label wrong", /line 2: old: expected the present label of train\/red\/1\.png, red/],
    ["train/red/1.png,red,blue,label wrong", /line 2: new: expected a class of the data, got "blue"/],
    ["train/red/1.png,red,green,\r\ntrain/red/1.png,red,green,label wrong", /line 3: path: expected each image once/],
  ])("refuses %j in one line", async (rows, message) => {
    writeFileSync(changes, `${header}${rows}\r\n`);
    const { code, err } = await improve("other.json", "--accept", "label-changes.csv");
    expect(code).toBe(2);
    const [progress, ...lines] = err.trimEnd().split("\n");
    expect(progress).toMatch(/^pixels at 16x16/);
    expect(lines).toEqual([expect.stringMatching(message)]);
  });

  it("says so where no row is a confirmed one", async () => {
    writeFileSync(changes, `${header}train/red/1.png,red,green,model wrong\r\n`);
    const { code, out } = await improve("none.json", "--accept", "label-changes.csv");
    expect(code).toBe(0);
    expect(out).toContain('label-changes.csv: no row says "label wrong": no label is replaced');
    expect(JSON.parse(readFileSync(join(folder.path, "none.json"), "utf8"))).not.toHaveProperty("labels");
  });
});
