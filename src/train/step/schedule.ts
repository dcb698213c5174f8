/** @file Learning-rate schedules: the share of the peak rate at each point of the training. */

import { unknownName } from "../../foundation/error.js";

/** From progress in [0, 1] to a factor in (0, 1] of the peak learning rate. */
export type Schedule = (progress: number) => number;

export const schedules: Readonly<Record<string, Schedule>> = {
  constant: () => 1,
  /** Half a cosine from the peak to a thousandth of it (Loshchilov & Hutter 2017, without restarts). */
  cosine: (progress) => cosine(1, 1e-3, progress),
  /** Up from 1/25 in the first quarter, then down to 1/10,000, both along a cosine (Smith & Topin 2019). */
  "one-cycle": (progress) =>
    progress < 0.25 ? cosine(0.04, 1, progress / 0.25) : cosine(1, 1e-4, (progress - 0.25) / 0.75),
};

/** @throws FoveaError `unknown-name` */
export function scheduleNamed(name: string): Schedule {
  const schedule = schedules[name];
  if (schedule) return schedule;
  throw unknownName("schedule", name, Object.keys(schedules));
}

function cosine(from: number, to: number, progress: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
}
