/** @file Moving pictures, of the camera or a file: their frames are explained one after the other, as fast as the worker can. */

import type { ExplainRequest, ExplanationView, FrameView, ModelView } from "../../engine/api.js";
import { isCancelled } from "../../shared/errors.js";
import { type Asked, requestFor } from "../../shell/subject.js";

/** Longest side of a frame that is explained: networks see no more, and a page has to hand it over many times a second. */
const longest = 320;
/** Milliseconds after which a map is shown with the frame that it is of, as the moving picture has gone on too far. */
const tooOld = 250;

/** What moves. */
export interface Source {
  readonly name: string;
  /** Of the camera. */
  readonly stream?: MediaStream;
  /** Of a file. */
  readonly url?: string;
}

/** Who is shown the answers. */
interface Watcher extends Asked {
  readonly engine: { explain(request: ExplainRequest): Promise<ExplanationView> };
  readonly model: ModelView | undefined;
  showAnswer(explanation: ExplanationView): void;
  clearAnswer(): void;
  complain(error: unknown): void;
}

export class Live {
  readonly #studio: Watcher;
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly source: Source;
  /** In pixels, of the frames that are explained; known once the first has come. */
  size = $state.raw<{ readonly width: number; readonly height: number }>();
  perSecond = $state(0);
  /** Milliseconds from a frame to its map, of the last map. */
  age = $state(0);
  /** The frame that the map is of, where the moving picture has gone on too far. */
  frame = $state.raw<FrameView>();
  /** What shows it on the page. */
  video = $state.raw<HTMLVideoElement>();
  #goes = true;
  #times: number[] = [];
  /** The time of the film that was explained last, and the request. */
  #done = "";

  constructor(studio: Watcher, source: Source) {
    this.#studio = studio;
    this.source = source;
  }

  /** Explains what a video shows until `stop`. */
  async follow(video: HTMLVideoElement): Promise<void> {
    while (this.#goes && video.isConnected) {
      if (!(await this.#explainOne(video))) await new Promise(requestAnimationFrame);
    }
  }

  /** @returns whether there was anything new */
  async #explainOne(video: HTMLVideoElement): Promise<boolean> {
    const { model } = this.#studio;
    const frame = model && this.#grab(video);
    if (model === undefined || frame === undefined) return false;
    const request = requestFor(this.#subject(frame), model, this.#studio);
    const what = JSON.stringify([video.currentTime, model.id, { ...request, picture: 0 }]);
    if (what === this.#done) return false;
    const began = performance.now();
    try {
      const explanation = await this.#studio.engine.explain(request);
      this.#done = what;
      if (this.#goes && model === this.#studio.model) this.#show(explanation, frame, began, video.paused);
    } catch (error) {
      if (isCancelled(error)) return false;
      this.#done = what;
      this.#studio.clearAnswer();
      // A detector finds nothing in many a frame.
      if (this.#studio.model?.task !== "detection") this.#studio.complain(error);
    }
    return true;
  }

  #show(explanation: ExplanationView, frame: FrameView, began: number, isStill: boolean): void {
    const now = performance.now();
    this.#times = [...this.#times.filter((time) => now - time < 1000), now];
    this.perSecond = this.#times.length;
    this.age = now - began;
    this.frame = !isStill && this.age > tooOld ? frame : undefined;
    // The frame itself is not kept with the answer.
    this.#studio.showAnswer({ ...explanation, request: withoutFrame(explanation.request) });
  }

  #grab(video: HTMLVideoElement): FrameView | undefined {
    const { videoWidth, videoHeight } = video;
    if (videoWidth === 0 || video.readyState < video.HAVE_CURRENT_DATA) return undefined;
    const factor = Math.min(1, longest / Math.max(videoWidth, videoHeight));
    const [width, height] = [Math.round(videoWidth * factor), Math.round(videoHeight * factor)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    if (this.size?.width !== width || this.size.height !== height) this.size = { width, height };
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context?.drawImage(video, 0, 0, width, height);
    const data = context?.getImageData(0, 0, width, height).data;
    return data && { width, height, data };
  }

  #subject(frame: FrameView) {
    return { key: "live", picture: { frame }, name: this.source.name, url: undefined, ...frame };
  }

  /** The picture as it is now, in its own size. */
  async still(): Promise<Blob | undefined> {
    const { video } = this;
    if (video === undefined || video.videoWidth === 0) return undefined;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
  }

  stop(): void {
    this.#goes = false;
    for (const track of this.source.stream?.getTracks() ?? []) track.stop();
    if (this.source.url) URL.revokeObjectURL(this.source.url);
  }
}

function withoutFrame(request: ExplainRequest): ExplainRequest {
  return { ...request, picture: { blank: 1 } };
}
