/** @file The report of the command line, made in the page: every picture of a collection explained, as one HTML file. */

import { peerDependencies, version } from "fovea/package.json";
import { createExplainer } from "../../../../src/explain/explainer.js";
import { defaultMethod } from "../../../../src/explain/method.js";
import type { Explainer } from "../../../../src/explain/options.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { encodeDataUrl } from "../../../../src/image/web.js";
import { matchClasses } from "../../../../src/model/match-classes.js";
import type { Model } from "../../../../src/model/model.js";
import { prepareInput } from "../../../../src/model/run/read-image.js";
import type { ReportedData } from "../../../../src/report/collect/report-images.js";
import type { ReportData } from "../../../../src/report/report-data.js";
import type { Runtime } from "../../../../src/runtime/session.js";
import type { MadeReport, ReportRequest } from "../../engine/api.js";
import type { Pictures } from "../../engine/pictures.js";

export interface ReportContext {
  /** The model's file. */
  readonly file: string;
  readonly model: Model;
  readonly runtime: Runtime;
  readonly pictures: Pictures;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/** @throws FoveaError, or what the signal was aborted with */
export async function makeReport(request: ReportRequest, context: ReportContext): Promise<MadeReport> {
  const { method, layer } = request;
  const { model, runtime } = context;
  const explainer = await createExplainer(model, { runtime, method, layer });
  try {
    return await reportWith(explainer, request, context);
  } finally {
    await explainer.close();
  }
}

async function reportWith(explainer: Explainer, request: ReportRequest, context: ReportContext): Promise<MadeReport> {
  const { collectReport } = await import("../../../../src/report/collect/collect-report.js");
  const { renderReport } = await import("../../../../src/report/page/render-report.js");
  const { reportedClasses } = await import("../../../../src/report/collect/reported-classes.js");
  const { trainingOf } = await import("../../../../src/report/collect/training-of.js");
  const { file, model, progress, signal } = context;
  const name = file.replace(/\.[^.]+$/, "");
  const matched = matchClasses({ name, model }, { name: request.data, classes: request.folders });
  const { names, classes } = reportedClasses(request.folders, [matched]);
  const training = trainingOf(model.card.provenance);
  const { report, failed } = await collectReport(
    [{ name, explainer, training, classes: classes[0] }],
    reportedPictures(request, names, context),
    { encode, onProgress: progress, signal },
  );
  const data: ReportData = {
    title: `${name} on ${request.data}`,
    date: new Date().toISOString().slice(0, 10),
    ...report,
    reproduce: reproduced(request, context),
  };
  return { html: new Blob([renderReport(data)], { type: "text/html" }), failed: failed.length };
}

/** Small pictures without losses: their pixels are seen one by one. */
function encode(picture: Picture): Promise<string> {
  return encodeDataUrl(picture, Math.max(picture.width, picture.height) <= 128 ? "png" : "webp");
}

function reportedPictures(
  { data, folders, items, drawn }: ReportRequest,
  classes: string[],
  { runtime, pictures, signal }: ReportContext,
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
    images: {
      count: items.length,
      labels: items.map(({ label }) => label),
      nameOf: (index) => at(index).name,
      boxesOf: () => undefined,
      mirrored: !drawn,
      read: async (model, index) => {
        signal.throwIfAborted();
        const { picture } = await pictures.glance(at(index).picture);
        return { picture, ...(await prepareInput(model, picture, runtime)) };
      },
    },
  };
}

function sizesOf(items: ReportRequest["items"]): string {
  const bySize = [...items].sort((a, b) => a.width * a.height - b.width * b.height);
  const [least, most] = [bySize[0], bySize.at(-1)].map((each) => `${each?.width} × ${each?.height}`);
  return least === most ? `images of ${least} pixels` : `images of ${least} to ${most} pixels`;
}

function reproduced(request: ReportRequest, { file, model, runtime }: ReportContext): ReportData["reproduce"] {
  const { data, drawn, method, layer, items } = request;
  const flags = [
    ...(drawn ? [] : ["--split all"]),
    ...(layer === "auto" ? [] : [`--layer ${layer}`]),
    ...(method === defaultMethod ? [] : [`--method ${method}`]),
  ];
  const { command, seed = "unknown" } = model.card.provenance ?? {};
  const again = ["fovea report", file, drawn ? "digits" : data, ...flags, "--out report.html"].join(" ");
  return {
    commands: [...(command ? [String(command)] : []), again],
    seed: String(seed),
    versions: [
      { name: "fovea", version },
      { name: runtime.name, version: peerDependencies["onnxruntime-web"] },
    ],
    notes: drawn ? [`Of the digits that the command draws these are the first ${items.length}.`] : [],
  };
}
