/** @file Chooses what computes: the device that was asked for where it is there, else the processor. */

import { askDevice, type DeviceAnswer } from "./ask-device.js";
import { deviceKinds, kindOf, type NodeDevice, type Provider } from "./device.js";

/** What computes. */
export interface ChosenDevice {
  readonly device: Exclude<NodeDevice, "auto">;
  /** What onnxruntime is told; undefined for the processor. */
  readonly provider: Provider | undefined;
  /** It is a program that computes on the processor as a card would. Default false. */
  readonly software?: boolean;
  /** A sentence for people where that is not plainly what was asked for. */
  readonly note?: string;
}

const processor: ChosenDevice = { device: "cpu", provider: undefined };

/**
 * A device that is missing is the processor, and the note says why. `auto` is the first card that is there, and never a program that
 * computes as one.
 * @param ask default: `askDevice`
 */
export async function chooseDevice(device: NodeDevice, ask = askDevice): Promise<ChosenDevice> {
  if (device === "auto") return chooseCard(ask);
  const kind = kindOf(device);
  if (kind === undefined) return processor;
  const { missing, adapter, hardware } = await ask(device);
  if (missing !== undefined) return { ...processor, note: `${device}: ${missing}; the processor computes instead` };
  const chosen = { device, provider: kind.provider(kind.index) };
  if (hardware !== false) return chosen;
  const note = `${device}: ${adapter} is a software adapter, which computes on the processor, only slower`;
  return { ...chosen, software: true, note };
}

async function chooseCard(ask: typeof askDevice): Promise<ChosenDevice> {
  const kinds = deviceKinds.filter(({ automatic }) => automatic);
  const answers = await Promise.all(kinds.map(({ name }) => ask(name)));
  const kind = kinds.find((_, i) => answers[i]?.missing === undefined && answers[i]?.hardware === true);
  if (kind) return { device: kind.name, provider: kind.provider(0), note: `auto: ${kind.name} computes` };
  const refused = answers.flatMap((answer, i) => notTaken(kinds[i]?.name ?? "", answer));
  const why = refused.length > 0 ? ` (${refused.join("; ")})` : "";
  return { ...processor, note: `auto: no graphics card to compute on was found${why}; the processor computes` };
}

/** Why a device that computes is not taken unasked; nothing for the others. */
export function notTaken(name: string, { missing, adapter, hardware }: DeviceAnswer): string[] {
  if (missing !== undefined || hardware === true) return [];
  return [adapter === undefined ? `${name}: nothing tells what computes` : `${name}: ${adapter} is a software adapter`];
}
