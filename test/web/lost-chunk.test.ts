/** @file A part of the page that does not arrive is a sentence with a button. */

import { describe, expect, it } from "vitest";
import { hasBrowser } from "../support/browser/browser.js";
import { studioForTests } from "../support/browser/studio.js";

describe.skipIf(!hasBrowser)("a tab whose code is not there any more", { timeout: 60_000 }, () => {
  const studio = studioForTests();

  it("says so, and offers to reload the page", async () => {
    const { page } = studio;
    await page.route(/\/assets\/Learn-[^/]*\.js$/, (route) => route.abort());
    await page.getByRole("tab", { name: "Train" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "did not arrive" });
    await alert.waitFor();
    expect(await alert.innerText()).toContain("Reloading fetches it again");
    await page.unroute(/\/assets\/Learn-[^/]*\.js$/);
    await alert.getByRole("button", { name: "Reload" }).click();
    await page.getByRole("button", { name: "Start", exact: true }).waitFor();
    expect(await page.getByText("did not arrive").count()).toBe(0);
  });
});
