/** @file Which part of a dataset a run takes. */

import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { isOfShard, parseShard, shardOfJob } from "../../../src/cli/shards/shard.js";
import { withoutOptions } from "../../../src/cli/shards/workers.js";
import { everything } from "../../support/share.js";

describe("a shard", () => {
  const names = Array.from({ length: 3000 }, (_, i) => `cats/${i}.jpg`);

  test.runIf(everything)("takes each image in one shard of all, and a like number in each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (count) => {
        const taken = names.map((name) =>
          Array.from({ length: count }, (_, index) => index).filter((index) => isOfShard({ index, count }, name)),
        );
        expect(taken.every((shards) => shards.length === 1)).toBe(true);
        const sizes = Array.from({ length: count }, (_, index) => taken.flat().filter((each) => each === index).length);
        const even = names.length / count;
        // Six standard deviations of a fair draw.
        for (const size of sizes) expect(Math.abs(size - even)).toBeLessThan(6 * Math.sqrt(even));
      }),
    );
  });

  it.each(["", "1", "3/3", "-1/3", "1.5/3", "0/0", "a/b", "1/2/3", "0/99999999"])("refuses %j", (text) => {
    expect(() => parseShard(text)).toThrow("--shard: expected the shard, counted from 0");
  });
});

describe("the shard of an array job", () => {
  it.each([
    [
      { SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "8" },
      { index: 4, count: 8 },
    ],
    [
      {
        SLURM_ARRAY_TASK_ID: "12",
        SLURM_ARRAY_TASK_MIN: "10",
        SLURM_ARRAY_TASK_STEP: "2",
        SLURM_ARRAY_TASK_COUNT: "3",
      },
      { index: 1, count: 3 },
    ],
    [
      { JOB_COMPLETION_INDEX: "0", FOVEA_SHARDS: "20" },
      { index: 0, count: 20 },
    ],
    [
      { AWS_BATCH_JOB_ARRAY_INDEX: "7", FOVEA_SHARDS: "10" },
      { index: 7, count: 10 },
    ],
    [
      { CLOUD_RUN_TASK_INDEX: "2", CLOUD_RUN_TASK_COUNT: "5" },
      { index: 2, count: 5 },
    ],
  ])("is told by %j", (variables, shard) => {
    expect(shardOfJob(variables)?.shard).toEqual(shard);
  });

  it("is none where the job does not tell how many tasks it has", () => {
    expect(shardOfJob({ JOB_COMPLETION_INDEX: "3" })).toBeUndefined();
    expect(shardOfJob({})).toBeUndefined();
  });

  it("is refused where its numbers name none", () => {
    expect(() => shardOfJob({ JOB_COMPLETION_INDEX: "20", FOVEA_SHARDS: "20" })).toThrow(
      "JOB_COMPLETION_INDEX: expected",
    );
  });
});

test("a worker's command line is that of the whole without what is for the whole", () => {
  const args = ["report", "m.onnx", "photos", "--workers", "4", "--out=r.html", "--method", "cam", "--json", "-o", "x"];
  const options = { "--workers": true, "--out": true, "-o": true, "--json": false };
  expect(withoutOptions(args, options)).toEqual(["report", "m.onnx", "photos", "--method", "cam"]);
});
