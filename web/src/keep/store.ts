/** @file Where sessions are kept: the browser's database, in which each is replaced as a whole. */

import { createStore, del, get, promisifyRequest, set } from "idb-keyval";
import type { Stroke } from "../shared/strokes.js";
import type { Session } from "./session.js";

const store = createStore("fovea-studio", "kept");
const sessionKey = "session";
const drawingKey = "drawing";
/** Keys of files are longer, and begin with this. */
const files = "file ";
const allFiles = IDBKeyRange.bound(files, `${files}~`);

/** Whose session it is. */
const tab = crypto.randomUUID();
/** Keys of the files that this tab has written or read. */
const keys = new WeakMap<Blob, string>();

function keyOf(file: Blob): string {
  const key = keys.get(file) ?? files + crypto.randomUUID();
  keys.set(file, key);
  return key;
}

function mapFiles<From, To>(session: Session<From>, change: (file: From) => To): Session<To> {
  const { model, pictures } = session;
  return {
    ...session,
    model: model && { ...model, files: model.files.map(change) },
    pictures: pictures.map((picture) => ({
      ...picture,
      file: picture.file === undefined ? undefined : change(picture.file),
    })),
  };
}

/** Writes a session in the place of any other, in one transaction; files that lie there already are not written again. */
export function writeSession(session: Session<Blob>): Promise<void> {
  const kept = new Map<string, Blob>();
  const keyed = mapFiles(session, (file) => {
    const key = keyOf(file);
    kept.set(key, file);
    return key;
  });
  return store("readwrite", async (objects) => {
    const there = new Set(await promisifyRequest(objects.getAllKeys(allFiles)));
    for (const [key, file] of kept) if (!there.has(key)) objects.put(file, key);
    for (const key of there) if (!kept.has(String(key))) objects.delete(key);
    objects.put({ ...keyed, tab }, sessionKey);
    return promisifyRequest(objects.transaction);
  });
}

/** The session without its files. */
export function readOffer(): Promise<Session<string> | undefined> {
  return get<Session<string>>(sessionKey, store);
}

/** The session as a whole; undefined where there is none. */
export function readSession(): Promise<Session<Blob> | undefined> {
  return store("readonly", async (objects) => {
    const keyed = await promisifyRequest<Session<string> | undefined>(objects.get(sessionKey));
    if (keyed === undefined) return undefined;
    // Both in the order of the keys.
    const names = await promisifyRequest(objects.getAllKeys(allFiles));
    const found = await promisifyRequest<Blob[]>(objects.getAll(allFiles));
    const byKey = new Map(names.map((key, i) => [String(key), found[i] as Blob]));
    for (const [key, file] of byKey) keys.set(file, key);
    return mapFiles(keyed, (key) => byKey.get(key) as Blob);
  });
}

export function forgetSession(): Promise<void> {
  return store("readwrite", (objects) => {
    deleteSession(objects);
    return promisifyRequest(objects.transaction);
  });
}

/** Forgets the session that this tab wrote. @returns false where another tab has written since then, whose session stays */
export function forgetOwnSession(): Promise<boolean> {
  return store("readwrite", async (objects) => {
    const kept = await promisifyRequest<{ tab: string } | undefined>(objects.get(sessionKey));
    if (kept !== undefined && kept.tab !== tab) return false;
    deleteSession(objects);
    await promisifyRequest(objects.transaction);
    return true;
  });
}

function deleteSession(objects: IDBObjectStore): void {
  objects.delete(allFiles);
  objects.delete(sessionKey);
}

/** The strokes on the empty sheet, which are kept apart from what is open. */
export function readDrawing(): Promise<readonly Stroke[] | undefined> {
  return get<readonly Stroke[]>(drawingKey, store);
}

export function writeDrawing(strokes: readonly Stroke[]): Promise<void> {
  return strokes.length > 0 ? set(drawingKey, strokes, store) : del(drawingKey, store);
}
