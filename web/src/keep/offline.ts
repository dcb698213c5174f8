/** @file The page without a network: its service worker, which keeps the page's files, and newer versions of them. */

import type { Studio } from "../shell/studio.svelte.js";

const newer = "A new version of this page is here.";
const newerBesideOthers = `${newer} Other tabs still show the version before: close them first.`;

/** Registers the service worker; a newer version of the page waits until the user wants it. */
export async function keepPage(studio: Studio): Promise<void> {
  const { serviceWorker } = navigator;
  // A host without https has none, and some browsers refuse it in private windows.
  const registration = await serviceWorker
    ?.register("service-worker.js", { updateViaCache: "none" })
    .catch(() => undefined);
  if (!registration) return;
  const offer = (sentence: string) =>
    studio.notices.add("question", sentence, {
      actions: [
        { label: "Reload for the new version", act: () => renew(registration.waiting, () => offer(newerBesideOthers)) },
      ],
    });
  const offerIfNewer = () => {
    if (registration.waiting && registration.active) offer(newer);
  };
  offerIfNewer();
  registration.addEventListener("updatefound", () =>
    registration.installing?.addEventListener("statechange", offerIfNewer),
  );
}

/** Loads the page by the version that waits. @param onOthers called instead where other pages of the version before are open */
function renew(waiting: ServiceWorker | null, onOthers: () => void): void {
  // Another tab may have seen to it.
  if (waiting === null) {
    location.reload();
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: others }: MessageEvent<number>) => {
    port1.close();
    if (others > 0) onOthers();
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("renew", [port2]);
}
