/** @file What the service worker knows of the page that it was built with. */

export interface Built {
  /** Changes with any of the files. */
  readonly version: string;
  /** Hashes of contents, as subresource integrity writes them, by paths from the page's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Headers without which the page is not isolated from other origins, for hosts that do not give them. */
  readonly headers: Readonly<Record<string, string>>;
}
