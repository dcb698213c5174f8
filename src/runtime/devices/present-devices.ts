/** @file The devices that are there, of those that are asked for or of all. */

import { askDevice } from "./ask-device.js";
import { chooseDevice, notTaken } from "./choose-device.js";
import { deviceKinds, type NodeDevice } from "./device.js";

export interface PresentDevices {
  /** None twice. */
  readonly present: readonly NodeDevice[];
  /** A sentence for each of the others. */
  readonly absent: readonly string[];
}

/**
 * @param asked default: all of them, but no program that computes as a card
 * @param ask default: `askDevice`
 */
export async function presentDevices(
  asked: readonly NodeDevice[] | undefined,
  ask = askDevice,
): Promise<PresentDevices> {
  const devices: readonly NodeDevice[] = asked ?? ["cpu", ...deviceKinds.map(({ name }) => name)];
  const found = await Promise.all(
    devices.map(async (name) => {
      const device = name === "auto" ? (await chooseDevice("auto", ask)).device : name;
      const answer = await ask(device);
      const without = asked === undefined && device !== "cpu" ? notTaken(device, answer) : [];
      return { device, without: answer.missing === undefined ? without : [`${device}: ${answer.missing}`] };
    }),
  );
  const present = found.filter(({ without }) => without.length === 0).map(({ device }) => device);
  return { present: [...new Set(present)], absent: found.flatMap(({ without }) => without) };
}
