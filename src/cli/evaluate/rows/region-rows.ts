/** @file Compares the regions of a segmenter with the true ones of drawn scenes, a row for each scene. */

import { drawScenes } from "../../../data/scenes/draw-scenes.js";
import { comparedRegions } from "../../../evaluate/segmentation/evaluate-segmenter.js";
import { FoveaError } from "../../../foundation/error.js";
import type { Segmentation } from "../../../model/tasks/found-task.js";
import type { NamedModel } from "../../inputs/models.js";
import { runtime } from "../../platform.js";
import { sameFacts } from "../../shards/rows/facts-of.js";
import type { MadeRows, RowWork } from "../../shards/rows/row-work.js";
import { ownUnits, type Shard } from "../../shards/shard.js";
import type { EvaluateFlags } from "../evaluate-flags.js";
import { type RegionOwn, type RegionSame, type regionColumns, regionRow, sceneName } from "./regions-command.js";

interface RegionSubject {
  readonly task: Segmentation;
  readonly shard: Shard | undefined;
  readonly flags: EvaluateFlags;
}

/** @throws FoveaError `bad-input` for data of which not every pixel's class is known */
export function regionRows(
  named: NamedModel,
  data: string,
  { task, shard, flags }: RegionSubject,
): RowWork<typeof regionColumns, RegionSame, RegionOwn, number> {
  if (data !== "scenes") {
    const expected = "expected scenes, of which the class of each pixel is known";
    throw new FoveaError("bad-input", `${named.name}, a segmenter: ${expected}, got ${data}`);
  }
  const scenes = drawScenes({ seed: flags.seed });
  const isOwn = ownUnits(shard) ?? (() => true);
  const sources = Array.from({ length: scenes.count }, (_, i) => i).filter((i) => isOwn(sceneName(i)));
  async function* make(indices: readonly number[]): AsyncGenerator<MadeRows<typeof regionColumns, number>> {
    for await (const { index, counts } of comparedRegions(named.model, task, { scenes, indices }, runtime))
      yield { source: index, rows: [regionRow(index, counts)] };
  }
  return {
    what: "comparing regions",
    same: {
      ...sameFacts(named, data, flags, []),
      ...{ source: scenes.source, classes: ["ground", ...scenes.classes] },
    },
    sources,
    identityOf: (index) => [index],
    make,
    ownOf: () => ({ images: sources.length }),
    skippedOf: ({ images }) => ({ skipped: [], total: images }),
  };
}
