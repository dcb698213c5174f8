/** @file Opens what a report needs of its models, and gathers what they say of the images. */

import { createAttack } from "../evaluate/attack/attack.js";
import { faithfulMethod } from "../explain/faithful/faithful-method.js";
import type { ImageExplainer, LoadedModel } from "../explain/loaded-model.js";
import { defaultMethod } from "../explain/method.js";
import { FoveaError } from "../foundation/error.js";
import { at } from "../foundation/present.js";
import { gatheredImages } from "./collect/collect-report.js";
import { attackPlan } from "./collect/collect-robustness.js";
import { trustFacts } from "./collect/collect-trust.js";
import { showAttacks } from "./collect/gallery/attack.js";
import { eachShown, liveGallery, type MadeShown, type Makers } from "./collect/gallery/gallery.js";
import { makersOf } from "./collect/gallery/makers.js";
import { showTrust } from "./collect/gallery/trust.js";
import { checkSome, type FailedImage, gatherModels } from "./collect/gather/gather.js";
import type { Gathered } from "./collect/gather/gathered.js";
import type { ReportedData, ReportImages } from "./collect/report-images.js";
import type { ReportedModel } from "./collect/study.js";
import { trainingOf } from "./collect/training-of.js";
import { encoder } from "./encoder.js";
import type { MakeReportOptions, NamedModel } from "./report-options.js";

/** What a report is computed from, with models that are open. */
export interface OpenGathered {
  readonly gathered: Gathered;
  /** The images that every model saw. */
  readonly images: ReportImages;
  readonly failed: readonly FailedImage[];
  /** The first model. */
  readonly first: ReportedModel;
  close(): Promise<void>;
}

/** Of one of several parts of a dataset. */
export interface PartOptions {
  /** The chance that an image of the dataset is in it; 1 where images are not divided one by one. */
  readonly share: number;
  /** Called with each thing that is shown. */
  readonly keep: (made: MadeShown) => void;
}

/**
 * @param part where the images are a part of their dataset; there may be none then
 * @throws FoveaError as `makeReport` does
 */
export async function gatherReport<Named extends NamedModel>(
  models: readonly Named[],
  data: ReportedData,
  options: MakeReportOptions<Named>,
  part?: PartOptions,
): Promise<OpenGathered> {
  if (options.attack) checkAttackable(models, data);
  const reported: ReportedModel[] = [];
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each();
  };
  try {
    for (const [i, named] of models.entries()) {
      const model = await reportedModel(named, options.classes?.[i], options);
      reported.push(model);
      opened.push(() => closeModel(model));
    }
    const { onProgress, signal } = options;
    const found = await gatherModels(reported, data, { onProgress, signal });
    if (!part) checkSome(found, data);
    const { images, failed } = found;
    const rows = found.models.map((each) => each.rows);
    const encode = encoder(options.platform);
    const makers = makersOf({ models: reported, images, rows, classes: data.classes, encode });
    const trust = options.trust ? await trustMakers(reported, images, options) : undefined;
    if (trust) opened.push(trust.close);
    const attack = options.attack ? await attackMakers(reported, images, options) : undefined;
    if (attack) opened.push(attack.close);
    const gathered: Gathered = {
      ...{ data, images: gatheredImages(images, part), models: found.models },
      gallery: liveGallery({ ...makers, ...trust?.makers, ...attack?.makers }, part?.keep),
      attack: attack !== undefined,
      ...(trust ? { trust: trust.facts } : {}),
    };
    return { gathered, images, failed, first: at(reported, 0), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function reportedModel<Named extends NamedModel>(
  named: Named,
  classes: readonly number[] | undefined,
  { layer = "auto", method = defaultMethod, storeFor }: MakeReportOptions<Named>,
): Promise<ReportedModel> {
  const { name, model } = named;
  const explainer = await model.explainer({ layer, method });
  const acting = await actingExplainer(model, explainer, layer);
  const store = storeFor?.(named, acting);
  return { name, explainer, acting, training: trainingOf(model.card.provenance), classes, store };
}

/** Of the faithful method; the explainer itself where that is it, or where the network has no gradient. */
async function actingExplainer(model: LoadedModel, explainer: ImageExplainer, layer: string): Promise<ImageExplainer> {
  const method = faithfulMethod(model, layer);
  if (method === explainer.method.name) return explainer;
  try {
    return await model.explainer({ layer, method });
  } catch (error) {
    if (error instanceof FoveaError && error.code === "unsupported-operator") return explainer;
    throw error;
  }
}

async function closeModel({ explainer, acting }: ReportedModel): Promise<void> {
  if (acting !== explainer) await acting?.close();
  await explainer.close();
}

/** @throws FoveaError `bad-input` for a model of other classes: an attack on it is not away from the class that the data name */
function checkAttackable(models: readonly NamedModel[], { classes, ownClasses = classes.length, name }: ReportedData) {
  if (classes.length === ownClasses) return;
  const got = `others, such as "${classes[ownClasses]}"`;
  throw new FoveaError(
    "bad-input",
    `--attack: ${models.map((each) => each.name).join(", ")}: expected the classes of ${name} alone, got ${got}`,
  );
}

type Platforms = Pick<MakeReportOptions, "platform" | "signal">;

/** Attacks are opened when they are first asked for. */
async function attackMakers(models: readonly ReportedModel[], images: ReportImages, { platform }: Platforms) {
  const attacks = await Promise.all(
    models.map(({ explainer }) => createAttack(explainer.model, { runtime: platform.runtime })),
  );
  const makers: Makers = {
    attack: (model, indices) =>
      showAttacks(at(models, model), images, indices, {
        ...attackPlan,
        ...{ attack: at(attacks, model), encode: encoder(platform) },
      }),
  };
  return {
    makers,
    close: async () => {
      for (const each of attacks) await each.close();
    },
  };
}

/** Where the object is, the bias section measures. */
async function trustMakers(models: readonly ReportedModel[], images: ReportImages, { platform, signal }: Platforms) {
  // Few reports measure it.
  const { metrics: allMetrics } = await import("../evaluate/metrics/index.js");
  const { createTrustStudy } = await import("../evaluate/studies/trust-study.js");
  const metrics = allMetrics.filter(({ kind }) => kind !== "localisation");
  const { runtime } = platform;
  const studies = await Promise.all(
    models.map(({ explainer }) => createTrustStudy(explainer.model, { runtime, methods: [explainer], metrics })),
  );
  const makers: Makers = {
    trust: (model, indices) =>
      eachShown(indices, (index) => {
        signal?.throwIfAborted();
        return showTrust(at(models, model).explainer, at(studies, model), images, index);
      }),
  };
  return {
    makers,
    facts: (model: number) => trustFacts(at(models, model).explainer, at(studies, model)),
    close: async () => {
      for (const each of studies) await each.close();
    },
  };
}
