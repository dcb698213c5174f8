/** @file The graphics cards that are there, against the processor. */

import type { LoadedModel } from "../../explain/loaded-model.js";
import type { ExplainerOptions } from "../../explain/options.js";
import { checkDevice, type DeviceProof } from "../../explain/prove/check-device.js";
import { kindOf, type NodeDevice } from "../../runtime/devices/device.js";
import { presentDevices } from "../../runtime/devices/present-devices.js";
import type { Runtime } from "../../runtime/session.js";
import { onOtherDevice } from "../platform.js";
import type { Job } from "../terminal/job.js";

/** A device with the comparison of its maps. */
export interface CheckedDevice extends DeviceProof {
  readonly device: NodeDevice;
}

export interface CheckedDevices {
  readonly devices: readonly CheckedDevice[];
  /** One that was named is not there. */
  readonly missing: boolean;
}

/** @param asked default: all that are there */
export async function checkDevices(
  job: Job,
  model: LoadedModel,
  asked: readonly NodeDevice[] | undefined,
  checking: Omit<ExplainerOptions, "include">,
): Promise<CheckedDevices> {
  const { present, absent } = await presentDevices(asked);
  if (asked !== undefined) for (const reason of absent) job.note(`${reason}; not compared`);
  const devices: CheckedDevice[] = [];
  for (const device of present) {
    const { tolerance } = kindOf(device) ?? {};
    if (tolerance === undefined) continue;
    const compared = (on: Runtime) => checkDevice(model, { ...checking, on, tolerance });
    devices.push({ device, ...(await onOtherDevice(device, compared)) });
  }
  return { devices, missing: asked !== undefined && absent.length > 0 };
}
