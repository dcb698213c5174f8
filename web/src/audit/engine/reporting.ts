/** @file The report of the command line, made in the page: every picture of a collection explained, as one HTML file. */

import type { LoadedModel } from "../../../../src/explain/loaded-model.js";
import { defaultMethod } from "../../../../src/explain/method.js";
import { matchClasses } from "../../../../src/model/match-classes.js";
import { readImage } from "../../../../src/model/run/read-image.js";
import { type ReportedData, wholeDataset } from "../../../../src/report/collect/report-images.js";
import type { MadeReport, ReportRequest } from "../../engine/api.js";
import type { Pictures } from "../../engine/pictures.js";

export interface ReportContext {
  /** The model's file. */
  readonly file: string;
  readonly model: LoadedModel;
  readonly pictures: Pictures;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/** @throws FoveaError, or the reason of the signal's abort */
export async function reportOn(request: ReportRequest, context: ReportContext): Promise<MadeReport> {
  const { makeReport } = await import("../../../../src/report/make-report.js");
  const { reportedClasses } = await import("../../../../src/report/collect/reported-classes.js");
  const { file, model, progress, signal } = context;
  const { data, folders, layer, method } = request;
  const named = { name: file.replace(/\.[^.]+$/, ""), model };
  const { names, classes } = reportedClasses(folders, [matchClasses(named, { name: data, classes: folders })]);
  const { html, failed } = await makeReport([named], reportedPictures(request, names, context), {
    ...{ platform: model.platform, layer, method, classes, signal },
    date: new Date().toISOString().slice(0, 10),
    ...howToRepeat(request, file),
    onProgress: progress,
  });
  return { html: new Blob([html], { type: "text/html" }), failed: failed.length };
}

function reportedPictures(
  { data, folders, items, drawn }: ReportRequest,
  classes: string[],
  { model: { platform }, pictures, signal }: ReportContext,
): ReportedData {
  const at = (index: number) => items[index] as ReportRequest["items"][number];
  return {
    name: data,
    source: `${items.length} ${drawn ? "digits drawn by fovea (seed 1)" : "images"} of ${folders.length} classes`,
    classes,
    ownClasses: folders.length,
    counts: { test: items.length },
    image: sizesOf(items),
    part: "all",
    images: wholeDataset({
      count: items.length,
      labels: items.map(({ label }) => label),
      nameOf: (index) => at(index).name,
      boxesOf: () => undefined,
      mirrored: !drawn,
      read: async (model, index) => {
        signal.throwIfAborted();
        const { picture } = await pictures.glance(at(index).picture);
        return readImage(model, picture, platform);
      },
    }),
  };
}

function sizesOf(items: ReportRequest["items"]): string {
  const bySize = [...items].sort((a, b) => a.width * a.height - b.width * b.height);
  const [least, most] = [bySize[0], bySize.at(-1)].map((each) => `${each?.width} × ${each?.height}`);
  return least === most ? `images of ${least} pixels` : `images of ${least} to ${most} pixels`;
}

function howToRepeat({ data, drawn, method, layer, items }: ReportRequest, file: string) {
  const flags = [
    ...(drawn ? [] : ["--split all"]),
    ...(layer === "auto" ? [] : [`--layer ${layer}`]),
    ...(method === defaultMethod ? [] : [`--method ${method}`]),
  ];
  return {
    names: { models: [file], data: drawn ? "digits" : data },
    commands: [["fovea report", file, drawn ? "digits" : data, ...flags, "--out report.html"].join(" ")],
    notes: drawn ? [`Of the digits that the command draws these are the first ${items.length}.`] : [],
  };
}
