/** @file Hands arrays over to the page. */

import { transfer } from "comlink";

/** Posted without a copy of its arrays. */
export function transferred<View extends object>(view: View): View {
  const arrays = Object.values(view).filter((value) => ArrayBuffer.isView(value));
  return transfer(view, [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))]);
}
