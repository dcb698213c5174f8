/** @file What opens models for the user takes turns. */

import { expect, it } from "vitest";
import { Turns } from "../../../web/src/shared/turns.js";

it("runs one action after the other, in the order in which they were asked for, whatever becomes of those before", async () => {
  const turns = new Turns();
  const seen: string[] = [];
  let end: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const first = turns.run(async () => {
    seen.push("first begins");
    await held;
    seen.push("first ends");
    throw new Error("refused");
  });
  const second = turns.run(async () => seen.push("second"));
  await Promise.resolve();
  expect(seen).toEqual(["first begins"]);
  end();
  await expect(first).rejects.toThrow("refused");
  expect(await second).toBe(3);
  expect(seen).toEqual(["first begins", "first ends", "second"]);
});
