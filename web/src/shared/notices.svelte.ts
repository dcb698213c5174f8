/** @file The sentences that the page shows until they are dismissed, some with buttons. */

export interface NoticeAction {
  readonly label: string;
  /** The notice goes when it is chosen. */
  readonly act: () => void;
}

export interface Notice {
  readonly id: number;
  readonly kind: "error" | "note" | "question";
  readonly text: string;
  /** To be copied and run. */
  readonly command?: string | undefined;
  readonly actions: readonly NoticeAction[];
}

interface NoticeExtras {
  readonly command?: string | undefined;
  readonly actions?: readonly NoticeAction[];
}

/** Questions, and the last three of other sentences; none twice. */
export class NoticeList {
  list = $state.raw<readonly Notice[]>([]);
  #next = 1;

  /** @returns its number */
  add(kind: Notice["kind"], text: string, { command, actions = [] }: NoticeExtras = {}): number {
    const same = this.list.find((notice) => notice.text === text);
    if (same) return same.id;
    const id = this.#next++;
    const others = this.list.filter((notice) => notice.kind !== "question");
    const gone = kind === "question" ? [] : others.slice(0, -2);
    this.list = [...this.list.filter((notice) => !gone.includes(notice)), { id, kind, text, command, actions }];
    return id;
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}
