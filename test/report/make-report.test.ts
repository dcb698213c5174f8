/** @file A report from models to the page: what it is named after, how its pictures are written, and what is closed after it. */

import { beforeAll, expect, it } from "vitest";
import type { LoadedModel } from "../../src/explain/loaded-model.js";
import type { ImageFormat } from "../../src/image/picture/image-file.js";
import type { Picture } from "../../src/image/picture/picture.js";
import { resizePicture } from "../../src/image/picture/resize.js";
import type { Platform } from "../../src/model/platform.js";
import type { ReportedData } from "../../src/report/collect/report-images.js";
import { makeReport } from "../../src/report/make-report.js";
import { digitModel, platform, reportedDigits } from "./collect/reported-digits.js";

const data = reportedDigits(12);
const options = { platform, date: "2026-01-31", commands: ["fovea report m.onnx digits"] };

let model: LoadedModel;
/** How many explainers of the model are open. */
let open = 0;
beforeAll(async () => {
  const loaded = await digitModel();
  model = {
    ...loaded,
    explainer: async (how) => {
      const explainer = await loaded.explainer(how);
      open++;
      return {
        ...explainer,
        close: async () => {
          open--;
          await explainer.close();
        },
      };
    },
  };
});

it("names models, data and day, and tells how it is made again", async () => {
  const named = [
    { name: "a", model },
    { name: "b", model },
  ];
  const { data: report, html, failed } = await makeReport(named, data, options);
  expect(report).toMatchObject({ title: "a and b on digits", date: "2026-01-31" });
  expect(report.reproduce.versions).toEqual(platform.versions);
  expect(report.reproduce.commands.at(-1)).toBe("fovea report m.onnx digits");
  expect(report.reproduce.seed).toBe(String(model.card.provenance?.seed));
  expect(report.models.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(html).toContain("<h1>a and b on digits</h1>");
  expect(failed).toEqual([]);
  expect(open).toBe(0);
});

it("writes small pictures without losses, and large ones with", async () => {
  const formats = new Map<ImageFormat, number[]>();
  const recording: Platform = {
    ...platform,
    encodeDataUrl: (picture: Picture, format) => {
      const sides = formats.get(format) ?? [];
      formats.set(format, [...sides, Math.max(picture.width, picture.height)]);
      return platform.encodeDataUrl(picture, format);
    },
  };
  const { read } = data.images;
  const large: ReportedData = {
    ...data,
    images: {
      ...data.images,
      read: async (reader, index) => {
        const seen = await read(reader, index);
        const box = { x: 0, y: 0, width: 300, height: 300 };
        return index % 2 === 0 ? seen : { ...seen, picture: resizePicture(seen.picture, 300, 300), box };
      },
    },
  };
  await makeReport([{ name: "a", model }], large, { ...options, platform: recording });
  expect([...formats.keys()].sort()).toEqual(["png", "webp"]);
  expect(Math.max(...(formats.get("png") ?? []))).toBeLessThanOrEqual(128);
  expect(Math.min(...(formats.get("webp") ?? []))).toBeGreaterThan(128);
});

it("refuses to attack a model of other classes than the data's", async () => {
  const others = { ...data, classes: [...data.classes, "wombat"], ownClasses: data.classes.length };
  await expect(makeReport([{ name: "a", model }], others, { ...options, attack: true })).rejects.toThrow(
    '--attack: a: expected the classes of digits alone, got others, such as "wombat"',
  );
});

it("closes its explainers where it fails", async () => {
  const broken = { ...data, images: { ...data.images, read: () => Promise.reject(new TypeError("broken")) } };
  await expect(makeReport([{ name: "a", model }], broken, options)).rejects.toThrow("broken");
  const named = [
    { name: "a", model },
    { name: "b", model },
  ];
  await expect(makeReport(named, data, { ...options, layer: "nowhere" })).rejects.toThrow("nowhere");
  expect(open).toBe(0);
});
