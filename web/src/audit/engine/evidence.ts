/** @file Where the network looked, small enough for a tile of the grid, and how much of that lies at the border. */

import { mapPeak } from "../../../../src/image/map/heatmap.js";
import type { Picture } from "../../../../src/image/picture/picture.js";
import { resizePicture } from "../../../../src/image/picture/resize.js";
import { overlaid, roundedSize, scaled } from "../../../../src/report/collect/draw.js";
import { evidenceShares } from "../../../../src/report/collect/observe/evidence-shares.js";
import type { EvidenceView, ExplainRequest } from "../../engine/api.js";
import { type ExplainContext, explainPicture } from "../../see/engine/explaining.js";

/** Longest side of a tile's map, for sharp screens. */
const side = 240;

/** @param request of one class */
export async function drawEvidence(
  picture: Picture,
  request: ExplainRequest,
  context: Omit<ExplainContext, "signal">,
): Promise<EvidenceView> {
  const { signal } = new AbortController();
  const { maps, box, size } = await explainPicture(picture, request, { ...context, signal });
  const evidence = maps[0]?.evidence;
  if (evidence === undefined) throw new Error("internal: a request without a class");
  const peak = mapPeak(evidence);
  const { width, height } = roundedSize(size, Math.min(1, side / Math.max(size.width, size.height)));
  const small = resizePicture(picture, width, height);
  const ground = { picture: small, box: scaled(box, width / size.width, height / size.height) };
  const { encodeDataUrl } = context.model.platform;
  const { src } = await overlaid(ground, evidence, peak, (drawn) => encodeDataUrl(drawn, "webp"));
  return { src, border: evidenceShares(evidence, size, box, undefined)?.border };
}
