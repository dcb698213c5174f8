/** @file The report of a collection on its way into a file: how far it is, and its end. It goes on while another tab is open. */

import type { ReportRequest } from "../engine/api.js";
import { isCancelled } from "../shared/errors.js";
import { onProgress } from "../shell/client.js";
import { download, stemOf } from "../shell/download.js";
import type { Studio } from "../shell/studio.svelte.js";

export class SavedReport {
  /** Undefined while none is made. */
  progress = $state.raw<{ readonly done: number; readonly total: number }>();
  readonly #studio: Studio;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  async save(request: ReportRequest): Promise<void> {
    const { engine, model } = this.#studio;
    const total = request.items.length;
    this.progress = { done: 0, total };
    try {
      const { html, failed } = await engine.report(
        request,
        onProgress(({ done, total: of }) => {
          if (this.progress) this.progress = { done, total: of };
        }),
      );
      download(html, `${stemOf(model?.name ?? "model")} on ${stemOf(request.data)}.html`);
      if (failed > 0) this.#studio.tell(`${failed} of ${total} images are not in the report: they could not be read.`);
    } catch (error) {
      if (!isCancelled(error)) this.#studio.complain(error);
    } finally {
      this.progress = undefined;
    }
  }

  stop(): void {
    this.#studio.engine.stopReport();
  }
}
