/** @file Chooses what computes: the device that was asked for where it is there, else the processor. */

import { askDevice, type DeviceAnswer } from "./ask-device.js";
import { deviceKinds, kindOf, type NodeDevice, type Provider } from "./device.js";

/** What computes. */
export interface ChosenDevice {
  /** For provenance: `webgpu`, or `webgpu in software`. */
  readonly name: string;
  /** What onnxruntime is told; undefined for the processor. */
  readonly provider: Provider | undefined;
  /** A sentence for people where that is not plainly what was asked for. */
  readonly note?: string;
}

const processor: ChosenDevice = { name: "cpu", provider: undefined };

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
  const provider = kind.provider(kind.index);
  if (hardware !== false) return { name: device, provider };
  const note = `${device}: ${adapter} is a software adapter, which computes on the processor, only slower`;
  return { name: `${device} in software`, provider, note };
}

async function chooseCard(ask: typeof askDevice): Promise<ChosenDevice> {
  const kinds = deviceKinds.filter(({ automatic }) => automatic);
  const answers = await Promise.all(kinds.map(({ name }) => ask(name)));
  const found = kinds.findIndex((_, i) => answers[i]?.missing === undefined && answers[i]?.hardware === true);
  const kind = kinds[found];
  if (kind) return { name: kind.name, provider: kind.provider(0), note: `auto: ${kind.name} computes` };
  const refused = answers.flatMap((answer, i) => refusalOf(kinds[i]?.name ?? "", answer));
  const why = refused.length > 0 ? ` (${refused.join("; ")})` : "";
  return { ...processor, note: `auto: no graphics card to compute on was found${why}; the processor computes` };
}

/** Why a device that computes is not taken. */
function refusalOf(name: string, { missing, adapter, hardware }: DeviceAnswer): string[] {
  if (missing !== undefined || hardware === true) return [];
  return [adapter === undefined ? `${name}: it does not say what computes` : `${name}: ${adapter} is a software adapter`];
}
