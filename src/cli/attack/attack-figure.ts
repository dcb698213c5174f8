/** @file Draws the figure of an attack: the image, the perturbation, the attacked image, and where the network looks in both. */

import type { AttackedImages, AttackOutcome } from "../../evaluate/attack/attack-study.js";
import { perturbationOf } from "../../evaluate/trial/input-pixels.js";
import type { Explanation } from "../../explain/explanation.js";
import { mapOf } from "../../explain/maps.js";
import { percent } from "../../foundation/words.js";
import { contactSheet } from "../../image/figure/sheet.js";
import { nodePlatform, rasterize } from "../../image/node.js";
import type { Picture } from "../../image/picture/picture.js";
import { className } from "../../model/class-names.js";
import type { Model } from "../../model/model.js";

export interface AttackFigure {
  readonly model: Model;
  readonly name: string;
  /** E.g. `PGD, eps 0.3`. */
  readonly attack: string;
  readonly eps: number;
  readonly before: Picture;
  readonly after: Picture;
  readonly attacked: AttackedImages;
  readonly outcome: AttackOutcome;
  /** Explanation of the classes predicted after the attack. */
  readonly now: Explanation;
  /** Which image of the batch. */
  readonly index: number;
}

/** A PNG. */
export async function attackFigure(figure: AttackFigure): Promise<Uint8Array> {
  const { model, name, attack, eps, before, after, attacked, outcome, now, index } = figure;
  const [truth, answer] = [className(model, outcome.label), className(model, outcome.after.predicted)];
  const sure = ({ predicted, confidence }: AttackOutcome["before"]) =>
    `${className(model, predicted)}, ${percent(confidence, 1)}`;
  const amplified = 0.5 / eps;
  const cells = [
    { picture: before, caption: "Original", detail: sure(outcome.before) },
    {
      picture: perturbationOf(before, after, amplified),
      caption: `Perturbation × ${amplified.toPrecision(2)}`,
      detail: "grey: as it was",
    },
    { picture: after, caption: "Attacked", detail: sure(outcome.after) },
    { picture: before, map: mapOf(attacked.before, index), caption: `For ${truth}, before`, detail: "Grad-CAM" },
    {
      picture: after,
      map: mapOf(attacked.after, index),
      caption: `For ${truth}, after`,
      detail: outcome.blank
        ? "blank: nothing speaks for it"
        : `rank correlation ${outcome.rankCorrelation?.toFixed(2)}`,
    },
    {
      picture: after,
      map: mapOf(now, index),
      caption: `For ${answer}, after`,
      detail: outcome.flipped ? "what it says now" : "what it still says",
    },
  ];
  const subtitle = `${attack}. Each map has its own scale.`;
  const svg = await contactSheet({ title: name, subtitle, cells }, await nodePlatform(), {
    columns: 3,
    panelSize: 200,
  });
  return rasterize(svg, "png");
}
