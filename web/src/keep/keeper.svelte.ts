/** @file Keeps the session on this machine while one works, and brings it back at the next visit. */

import { untrack } from "svelte";
import type { Stroke } from "../shared/strokes.js";
import type { Studio } from "../shell/studio.svelte.js";
import { blankSubject } from "../shell/subject.js";
import { linkTo, readView } from "../shell/view.js";
import { rememberDrawing } from "./drawing-link.js";
import { keptParts } from "./parts.svelte.js";
import { canGoOn, offerOf, sessionOf } from "./session.js";
import { forgetSession, readDrawing, readOffer, readSession, writeDrawing, writeSession } from "./store.js";

/** Milliseconds without a change after which it is written. */
const quiet = 800;

export class Keeper {
  /** Whether something is kept. */
  has = $state(false);
  readonly #studio: Studio;
  /** The question whether to go on. */
  #offer: number | undefined;
  /** Whether this tab wrote the session that is kept. */
  #wrote = false;
  /** What is kept of the drawing, and the link to it. */
  #drawing: readonly Stroke[] = [];
  #link: string | undefined;
  #isOff = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of what was written last. */
  #writing: Promise<void> = Promise.resolve();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** Offers the session of the last visit, and keeps this one from now on. @param fragment of the address that was opened */
  async begin(fragment: string): Promise<void> {
    await unlessRefused(this.#bringBack(fragment));
    this.#link = this.#drawingLink();
    $effect.root(() => {
      $effect(() => {
        // Read, so that a change of any is noticed.
        const studio = this.#studio;
        void [studio.files, studio.pictures, studio.view, studio.edits, keptParts.read(new Map())];
        untrack(() => this.#writeSoon());
      });
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#write();
    });
  }

  /** Forgets all that is kept; nothing more is until the page is opened again. */
  async forget(): Promise<void> {
    this.#isOff = true;
    this.#withdraw();
    rememberDrawing(undefined);
    await this.#writing;
    await unlessRefused(Promise.all([forgetSession(), writeDrawing([])]));
    this.has = false;
    this.#studio.tell(
      "Nothing is kept any more. What is open here is not kept either, until the page is opened again.",
    );
  }

  async #bringBack(fragment: string): Promise<void> {
    const studio = this.#studio;
    const [session, drawing] = await Promise.all([readOffer(), readDrawing()]);
    this.has = session !== undefined || drawing.length > 0;
    this.#drawing = drawing;
    if (drawing.length > 0 && !studio.edits[blankSubject.key]?.length)
      studio.edits = { ...studio.edits, [blankSubject.key]: drawing };
    // What was opened meanwhile takes the session's place, and a link may be to something else.
    const isElsewhere = fragment !== "" && readView(fragment).sample !== readView(session?.link ?? "").sample;
    if (session === undefined || isElsewhere || this.#session() !== undefined) return;
    const goOn = { label: "Go on", act: () => void studio.attempt(() => this.#goOn()) };
    const forget = { label: "Forget", act: () => void this.#forgetSession() };
    this.#offer = studio.notices.add("question", offerOf(session), canGoOn(session) ? [goOn, forget] : [forget]);
  }

  async #goOn(): Promise<void> {
    const studio = this.#studio;
    const session = await readSession();
    // Another tab may have forgotten it.
    if (session === undefined) return studio.tell("The last session is not kept any more.");
    const view = readView(session.link);
    if (view.sample !== studio.view.sample) await studio.openSample(view.sample);
    studio.taking = true;
    const { model, pictures } = session;
    const before = new Set(studio.pictures);
    await studio.openPictures(
      pictures.flatMap(({ name, class: folder, file }) => (file ? [{ blob: file, name, class: folder }] : [])),
    );
    if (model) await studio.openModel({ files: model.files as File[], given: model.given, beside: model.beside });
    const opened = new Map(studio.pictures.filter((each) => !before.has(each)).map(({ file, id }) => [file, id]));
    const ids = pictures.map(({ file }) => opened.get(file));
    const current = studio.pictures.findIndex(({ id }) => id === ids[view.picture]);
    studio.look({ ...view, method: studio.spelt(view.method), picture: Math.max(0, current) });
    studio.edits = { ...studio.edits, [blankSubject.key]: session.drawing };
    keptParts.restore(session.parts, ids);
    studio.history.forget();
    studio.taking = false;
  }

  async #forgetSession(): Promise<void> {
    await unlessRefused(forgetSession());
    this.has = this.#drawing.length > 0;
  }

  #withdraw(): void {
    if (this.#offer !== undefined) this.#studio.notices.dismiss(this.#offer);
    this.#offer = undefined;
  }

  #writeSoon(): void {
    clearTimeout(this.#timer);
    const whenIdle = window.requestIdleCallback ?? setTimeout;
    this.#timer = setTimeout(() => whenIdle(() => this.#write()), quiet);
  }

  #write(): void {
    clearTimeout(this.#timer);
    if (this.#isOff || this.#studio.taking) return;
    this.#writing = this.#writing.then(() => unlessRefused(this.#writeAll()));
  }

  async #writeAll(): Promise<void> {
    await this.#writeDrawing();
    const session = this.#session();
    if (session) {
      this.#withdraw();
      await writeSession(session);
      this.has = this.#wrote = true;
    } else if (this.#wrote) {
      // What was open is not any more.
      this.#wrote = false;
      await this.#forgetSession();
    }
  }

  async #writeDrawing(): Promise<void> {
    const drawing = this.#studio.edits[blankSubject.key] ?? [];
    const link = this.#drawingLink();
    if (link !== this.#link) rememberDrawing(link);
    this.#link = link;
    if (drawing === this.#drawing) return;
    this.#drawing = drawing;
    await writeDrawing(drawing);
    if (drawing.length > 0) this.has = true;
  }

  /** Of the drawing, while one looks at it with one of the page's own models. */
  #drawingLink(): string | undefined {
    const { view, edits, files } = this.#studio;
    const isShown = view.drawing && files === undefined && (edits[blankSubject.key]?.length ?? 0) > 0;
    return isShown ? linkTo(view) : undefined;
  }

  #session() {
    const { view, files, pictures, edits } = this.#studio;
    const drawing = edits[blankSubject.key] ?? [];
    return sessionOf({ view, files, pictures, drawing, parts: (places) => keptParts.read(places) });
  }
}

/** A full disk or a private window: then nothing is kept. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
