/** @file The option of what computes: the processor or a graphics card. */

import type { Command } from "commander";
import { checkedDevice, type NodeDevice } from "../../runtime/devices/device.js";
import { environment } from "../environment.js";

export interface DeviceFlags {
  readonly device?: string;
}

/** The description of the option, and its default where the environment says none. */
export interface DeviceHelp {
  readonly description: string;
  readonly usual: string;
}

const oneDevice: DeviceHelp = {
  description:
    "what computes: cpu, auto, cuda or cuda:1 for the second card, webgpu, coreml, dml; FOVEA_DEVICE says the default",
  usual: "cpu",
};

/** Adds the option to a command. @param help default: that of commands that compute on one device */
export function withDevice(command: Command, { description, usual }: DeviceHelp = oneDevice): Command {
  return command.option("--device <name>", description, environment().device ?? usual);
}

/**
 * The device that computes; the processor for commands without the option.
 * @throws FoveaError `unknown-name`
 */
export function deviceFrom({ device = "cpu" }: DeviceFlags): NodeDevice {
  return checkedDevice(device, device === environment().device ? "FOVEA_DEVICE" : "--device");
}

/**
 * The devices that a command goes through, none twice; undefined for all that are there.
 * @throws FoveaError `unknown-name`
 */
export function devicesFrom({ device = "cpu" }: DeviceFlags): readonly NodeDevice[] | undefined {
  if (device === "all") return undefined;
  return [...new Set(device.split(",").map((name) => deviceFrom({ device: name.trim() })))];
}
