/** @file The bias example, smaller: a network trained on tied stamps looks at the stamp, and rebalancing takes its gaze away. */

import { describe, expect, it } from "vitest";
import { measure, trainOn } from "../../examples/bias/experiment.js";
import { drawExperiment, type StampedDigits, side, stampBox } from "../../examples/bias/stamped-digits.js";
import { areaInside } from "../../src/evaluate/trial/evidence.js";
import { runtime } from "../support/runtime.js";
import { everything } from "../support/share.js";

const epochs = 8;
const experiment = drawExperiment({ seed: 1, train: 240, test: 100 });
const { biased, rebalanced, test } = experiment;

/** Of each class, how many images bear its own stamp. */
const own = ({ images, stamps }: StampedDigits) =>
  [0, 1].map((label) => [...stamps].filter((stamp, i) => stamp === label && images.labels[i] === label).length);

describe("drawExperiment(options)", () => {
  it("ties 95 % of each class to its stamp in the biased set, and half in the others", () => {
    expect(own(biased)).toEqual([114, 114]);
    expect(own(rebalanced)).toEqual([60, 60]);
    expect(own(test)).toEqual([25, 25]);
  });

  it("draws the same images in both training sets, but for the stamp's pixels", () => {
    expect(rebalanced.images.labels).toEqual(biased.images.labels);
    const area = side * side;
    let changed = 0;
    for (let i = 0; i < biased.images.pixels.length; i++) {
      if (biased.images.pixels[i] === rebalanced.images.pixels[i]) continue;
      const [x, y] = [i % side, Math.floor((i % area) / side)];
      expect(x >= stampBox.x && y >= stampBox.y).toBe(true);
      changed++;
    }
    expect(changed).toBeGreaterThan(1000);
  });
});

describe.runIf(everything)("the experiment", () => {
  it("finds the evidence on the stamp, and after rebalancing elsewhere, with a better accuracy", async () => {
    const biasedNetwork = await trainOn(biased, 1, epochs, runtime);
    const before = await measure(biasedNetwork.model, test);
    const after = await measure((await trainOn(rebalanced, 1, epochs, runtime)).model, test);
    // Where the stamp is that of the other class, the biased network goes by the stamp.
    expect(before.own.accuracy.value).toBeGreaterThan(0.9);
    expect(before.other.accuracy.value).toBeLessThan(0.5);
    expect(after.all.accuracy.value).toBeGreaterThan(before.all.accuracy.value + 0.1);
    expect(after.all.truthOnStamp.value).toBeLessThan(before.all.truthOnStamp.value / 2);
    expect(after.all.saidOnStamp.value).toBeLessThan(before.all.saidOnStamp.value / 2);
    const even = areaInside({ width: side, height: side }, [stampBox]);
    expect(before.all.saidOnStamp.low).toBeGreaterThan(2 * even);
    expect(after.all.saidOnStamp.high).toBeLessThan(even);
  }, 300_000);
});
