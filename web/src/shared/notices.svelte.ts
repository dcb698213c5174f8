/** @file The sentences that the page shows until they are dismissed. */

export interface Notice {
  readonly id: number;
  readonly kind: "error" | "note";
  readonly text: string;
  /** To be copied and run. */
  readonly command?: string | undefined;
}

/** The last three; none twice. */
export class NoticeList {
  list = $state.raw<readonly Notice[]>([]);
  #next = 1;

  add(kind: Notice["kind"], text: string, command?: string): void {
    if (this.list.some((notice) => notice.text === text)) return;
    this.list = [...this.list.slice(-2), { id: this.#next++, kind, text, command }];
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
