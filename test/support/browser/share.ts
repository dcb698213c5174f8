/** @file Launches the browser that the tests of pages share, and ends it when they are done. */

import { hasBrowser, launchBrowser, sharedBrowserVariable } from "./browser.js";

export default async function share(): Promise<(() => Promise<void>) | undefined> {
  if (!hasBrowser) return undefined;
  const server = await launchBrowser();
  process.env[sharedBrowserVariable] = server.wsEndpoint();
  return () => server.kill();
}
