/** @file Opens a protocol of `fovea improve` in the page. */

import { refuseSize } from "../../../../src/files/input/input-kinds.js";
import { messageOf } from "../../../../src/foundation/error.js";
import { notAProtocol, type Protocol, protocolFrom } from "../../../../src/improve/protocol/parse-protocol.js";
import { improvementOf } from "../../../../src/report/improvement/of-protocol.js";
import { type ImprovementStep, improvementSteps } from "../../../../src/report/improvement/steps.js";
import type { ImprovementReport } from "../../../../src/report/improvement-data.js";
import { type PlaceOutline, placeOutline } from "./place-outline.js";

export interface OpenedProtocol {
  /** Of its file. */
  readonly name: string;
  readonly steps: readonly ImprovementStep[];
  readonly improvement: ImprovementReport;
  /** Where the hypotheses lie on an image, by their names; those without a place are left out. */
  readonly places: ReadonlyMap<string, PlaceOutline>;
}

/** @throws FoveaError `bad-file` for a file that is no protocol, or too large for one */
export async function openProtocol(file: File): Promise<OpenedProtocol> {
  refuseSize(file.size, "protocol", file.name);
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const protocol = protocolFrom(bytes);
    const improvement = improvementOf(protocol);
    return { name: file.name, steps: improvementSteps(protocol, improvement), improvement, places: placesOf(protocol) };
  } catch (error) {
    throw notAProtocol(file.name, messageOf(error), "open the .improve.json file that fovea improve wrote");
  }
}

function placesOf({ discovery }: Protocol): ReadonlyMap<string, PlaceOutline> {
  return new Map(
    discovery?.hypotheses.flatMap(({ id, cue }) => (cue.kind === "region" ? [[id, placeOutline(cue.mask)]] : [])),
  );
}
