/** @file Pictures of the page, before and after they are opened. */

/** A picture to be opened. */
export interface NewPicture {
  /** The file, or its URL. */
  readonly blob: Blob | string;
  readonly name: string;
  readonly class?: string | undefined;
  readonly drawn?: boolean | undefined;
}

/** A picture that is open. */
export interface OpenPicture {
  readonly id: number;
  readonly name: string;
  /** For `<img>`. */
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** The file that it was opened from, if one was. */
  readonly file?: Blob | undefined;
  /** The name of its folder. */
  readonly class?: string | undefined;
  /** Whether the page drew it itself. */
  readonly drawn?: boolean | undefined;
}
