/** @file Writes attacked images, and figures of them. */

import type { AttackedImages } from "../../evaluate/attack/attack-study.js";
import { picturesOf } from "../../evaluate/trial/input-pixels.js";
import type { Explainer } from "../../explain/options.js";
import { writeFileAtomically } from "../../files/atomic.js";
import { encodePng } from "../../image/node.js";
import { type AttackFlags, describeAttack } from "../options/attack-options.js";
import { attackFigure } from "./attack-figure.js";
import { type AttackBatch, attackedEnding } from "./attack-inputs.js";
import type { AttackResult } from "./print-attack.js";

export interface WriteAttackedOptions {
  readonly eps: number;
  readonly flags: AttackFlags;
}

/** Writes a batch's images, and figures if the flags ask for them. */
export async function writeAttacked(
  batch: AttackBatch,
  attacked: AttackedImages,
  explainer: Explainer,
  { eps, flags }: WriteAttackedOptions,
): Promise<AttackResult[]> {
  const { model } = explainer;
  const before = picturesOf(model, batch.images);
  const after = picturesOf(model, attacked.images);
  const now = flags.figure ? await explainer.explain(attacked.images) : undefined;
  const results: AttackResult[] = [];
  for (const [index, { name, stem, notes }] of batch.inputs.entries()) {
    const [original, changed, outcome] = [before[index], after[index], attacked.outcomes[index]];
    if (!original || !changed || !outcome) continue;
    const path = `${stem}${attackedEnding}`;
    const figure = now && `${stem}.fovea.png`;
    await writeFileAtomically(path, await encodePng(changed), { isOurName: true });
    if (now && figure) {
      const content = { model, name, attack: describeAttack(flags), eps, before: original, after: changed };
      await writeFileAtomically(figure, await attackFigure({ ...content, attacked, outcome, now, index }), {
        isOurName: true,
      });
    }
    results.push({ name, notes, outcome, attacked: path, figure });
  }
  return results;
}
