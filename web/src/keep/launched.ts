/** @file Files that the system opens with the installed page. */

import { sortFiles } from "../shell/open/files.js";
import { take } from "../shell/open/taking.js";
import type { Studio } from "../shell/studio.svelte.js";

/** As far as it is used here; browsers that install no pages have none. */
interface LaunchQueue {
  setConsumer(take: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void): void;
}

/** Opens the files with which the page was started, and those that come while it is open. */
export function takeLaunched(studio: Studio): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    const opened = await studio.attempt(() => Promise.all(files.map((handle) => handle.getFile())));
    if (opened?.length) await take(studio, sortFiles(opened.map((file) => ({ file, path: file.name }))));
  });
}
