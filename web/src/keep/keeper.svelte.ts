/** @file Keeps the session on this machine while one works, and brings it back at the next visit. */

import { untrack } from "svelte";
import type { Stroke } from "../shared/strokes.js";
import type { Studio } from "../shell/studio.svelte.js";
import { blankSubject } from "../shell/subject.js";
import { linkTo, readView } from "../shell/view.js";
import { rememberDrawing } from "./drawing-link.js";
import { goOn } from "./go-on.js";
import { keptParts } from "./parts.js";
import { canGoOn, offerOf, sessionOf } from "./session.js";
import {
  forgetOwnSession,
  forgetSession,
  readDrawing,
  readOffer,
  readSession,
  writeDrawing,
  writeSession,
} from "./store.js";

/** Milliseconds without a change after which it is written. */
const quiet = 800;
/** Milliseconds for which a page that computes may hold that up. */
const patience = 1000;

export class Keeper {
  readonly #studio: Studio;
  /** The question whether to go on. */
  #offer: number | undefined;
  #hasSession = $state(false);
  /** Whether this tab wrote a session. */
  #wrote = false;
  /** What is kept of the drawing, and the link to it. */
  #drawing = $state.raw<readonly Stroke[]>();
  #link: string | undefined;
  /** Whether something changed since it was written. */
  #isDue = false;
  #isOff = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of what was written last. */
  #writing: Promise<void> = Promise.resolve();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** Whether something is kept. */
  get has(): boolean {
    return this.#hasSession || (this.#drawing?.length ?? 0) > 0;
  }

  /** Offers the session of the last visit, and keeps this one from now on. @param fragment of the address that was opened */
  async begin(fragment: string): Promise<void> {
    await unlessRefused(() => this.#bringBack(fragment));
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
      if (document.visibilityState === "hidden" && this.#isDue) this.#write();
    });
  }

  /** Forgets all that is kept; nothing more is until the page is opened again. */
  async forget(): Promise<void> {
    this.#isOff = true;
    this.#withdraw();
    rememberDrawing(undefined);
    await this.#writing;
    await unlessRefused(() => Promise.all([forgetSession(), writeDrawing([])]));
    this.#hasSession = false;
    this.#drawing = undefined;
    this.#studio.tell(
      "Nothing is kept any more. What is open here is not kept either, until the page is opened again.",
    );
  }

  async #bringBack(fragment: string): Promise<void> {
    const studio = this.#studio;
    const [session, drawing] = await Promise.all([readOffer(), readDrawing()]);
    this.#hasSession = session !== undefined;
    this.#drawing = drawing;
    if (drawing && !studio.edits[blankSubject.key]?.length)
      studio.edits = { ...studio.edits, [blankSubject.key]: drawing };
    // What was opened meanwhile takes the session's place, and a link may be to something else.
    const isElsewhere = fragment !== "" && readView(fragment).sample !== readView(session?.link ?? "").sample;
    if (session === undefined || isElsewhere || this.#session() !== undefined) return;
    const open = { label: "Go on", act: () => void studio.attempt(() => this.#goOn()) };
    const forget = { label: "Forget", act: () => void this.#forgetSession() };
    this.#offer = studio.notices.add("question", offerOf(session), {
      actions: canGoOn(session) ? [open, forget] : [forget],
    });
  }

  async #goOn(): Promise<void> {
    const session = await readSession();
    if (session) await goOn(this.#studio, session);
    else this.#studio.tell("The last session is not kept any more: another tab has forgotten it.");
  }

  async #forgetSession(): Promise<void> {
    await unlessRefused(forgetSession);
    this.#hasSession = false;
  }

  #withdraw(): void {
    if (this.#offer !== undefined) this.#studio.notices.dismiss(this.#offer);
    this.#offer = undefined;
  }

  #writeSoon(): void {
    clearTimeout(this.#timer);
    this.#isDue = true;
    this.#timer = setTimeout(() => whenIdle(() => this.#write()), quiet);
  }

  #write(): void {
    clearTimeout(this.#timer);
    // What is being opened changes more before long.
    if (this.#isOff || this.#studio.taking) return;
    this.#isDue = false;
    this.#writing = this.#writing.then(() => unlessRefused(() => this.#writeAll()));
  }

  async #writeAll(): Promise<void> {
    await this.#writeDrawing();
    const session = this.#session();
    if (session) {
      this.#withdraw();
      await writeSession(session);
      this.#hasSession = this.#wrote = true;
    } else if (this.#wrote) {
      // What was open is not any more.
      this.#wrote = false;
      this.#hasSession = !(await forgetOwnSession());
    }
  }

  async #writeDrawing(): Promise<void> {
    const drawing = this.#studio.edits[blankSubject.key];
    const link = this.#drawingLink();
    if (link !== this.#link) rememberDrawing(link);
    this.#link = link;
    if (drawing === this.#drawing) return;
    this.#drawing = drawing;
    await writeDrawing(drawing ?? []);
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

function whenIdle(act: () => void): void {
  // Not every browser tells when it is.
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: patience });
  else act();
}

/** A full disk or a private window: then nothing is kept. */
async function unlessRefused(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    // The session is not kept then; nothing else depends on it.
  }
}
