/** @file What reads the settings in one kind of file beside a model. */

import type { Json } from "../../../formats/json.js";
import type { Sidecar } from "../sidecar.js";

export interface SettingsReader {
  /** The file's name. */
  readonly file: string;
  /**
   * What a file of that name says; a file of another tool says nothing.
   * @param where begins the errors
   * @param others JSON of the other files beside the model
   * @throws FoveaError `bad-file`
   */
  readonly read: (json: Json, where: string, others: (file: string) => Json | undefined) => Omit<Sidecar, "origin">;
}
