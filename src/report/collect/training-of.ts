/** @file Reads how a model was trained from the facts that `fovea train` stored with it. */

import { isObject } from "../../foundation/check.js";
import type { Provenance } from "../../model/card.js";
import type { EpochReport, TrainingReport } from "../report-data.js";

/** As far as a report shows them. */
interface StoredSettings {
  readonly network?: unknown;
  readonly optimizer: string;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly schedule: string;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly seed: number | string;
  readonly augmentation?: StoredAugmentation | null | undefined;
}

type Amount = "rotate" | "shift" | "scale" | "shear" | "elastic";
type LaterAmount = "flip" | "crop" | "colour" | "erase";
type StoredAugmentation = Readonly<Record<Amount, number> & Partial<Record<LaterAmount, number>>>;

interface StoredEpoch extends Omit<EpochReport, "validationLoss" | "validationAccuracy"> {
  /** Of models that were trained by an earlier version. */
  readonly seconds?: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}

/** The training that `fovea train` stored with the model; undefined where the facts are somebody else's. */
export function trainingOf(provenance: Provenance | undefined): TrainingReport | undefined {
  const { settings, history, backbone }: Record<string, unknown> = provenance ?? {};
  if (!areSettings(settings) || !isHistory(history)) return undefined;
  const times = history.flatMap(({ seconds }) => seconds ?? []);
  const { network } = settings;
  return {
    ...(typeof network === "string" && backbone === undefined ? { network } : {}),
    optimiser: `${settings.optimizer}, weight decay ${settings.weightDecay}${settings.labelSmoothing > 0 ? `, label smoothing ${settings.labelSmoothing}` : ""}`,
    schedule: `${settings.schedule}, peak ${settings.learningRate}`,
    batchSize: settings.batchSize,
    augmentation: settings.augmentation ? described(settings.augmentation) : "none",
    seed: settings.seed,
    ...(times.length > 0 ? { seconds: times.reduce((total, time) => total + time, 0) } : {}),
    history: history.map(({ seconds, validationLoss, validationAccuracy, ...rest }) => ({
      ...rest,
      ...(validationLoss === null ? {} : { validationLoss }),
      ...(validationAccuracy === null ? {} : { validationAccuracy }),
    })),
  };
}

const isNumber = (value: unknown) => typeof value === "number";
const isText = (value: unknown) => typeof value === "string";

function areSettings(value: unknown): value is StoredSettings {
  if (!isObject(value)) return false;
  const { augmentation = null, seed } = value;
  return (
    [value.optimizer, value.schedule].every(isText) &&
    [value.weightDecay, value.labelSmoothing, value.learningRate, value.batchSize].every(isNumber) &&
    (isText(seed) || isNumber(seed)) &&
    (augmentation === null || (isObject(augmentation) && Object.values(augmentation).every(isNumber)))
  );
}

function isHistory(value: unknown): value is readonly StoredEpoch[] {
  const isEpoch = (epoch: unknown) =>
    isObject(epoch) && "epoch" in epoch && Object.values(epoch).every((each) => each === null || isNumber(each));
  return Array.isArray(value) && value.every(isEpoch);
}

/** The distortions that there are. */
function described(augmentation: StoredAugmentation): string {
  const { rotate, shift, scale, shear, elastic, flip = 0, crop = 0, colour = 0, erase = 0 } = augmentation;
  const amounts: readonly [number, string][] = [
    [rotate, `turned up to ${round(rotate)}°`],
    [shift, `shifted ${round(shift)} px`],
    [scale, `scaled ${round(100 * scale)} %`],
    [shear, `sheared ${round(shear)}`],
    [elastic, `bent ${round(elastic)} px`],
    [flip, `mirrored ${round(100 * flip)} % of the time`],
    [crop, `up to ${round(100 * crop)} % cut away`],
    [colour, `colours changed up to ${round(100 * colour)} %`],
    [erase, `up to ${round(100 * erase)} % hidden`],
  ];
  const some = amounts.filter(([amount]) => amount > 0);
  return some.length > 0 ? some.map(([, words]) => words).join(", ") : "none";
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
