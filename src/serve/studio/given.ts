/** @file The model, the images and the protocol that the studio's page opens: the server tells it as `/given.json`. */

import type { Sidecar } from "../../model/settings/sidecar.js";

export interface GivenModel {
  /** Of an ONNX file, whatever the model was given as: its name, which ends in `.onnx`. */
  readonly name: string;
  readonly url: string;
  /** URLs of the files that the model keeps weights in, by the locations that it names. */
  readonly external: Readonly<Record<string, string>>;
  /** Texts that pictures are compared with. */
  readonly texts?: readonly string[];
  /** Sidecar beside the model's file. */
  readonly beside?: Sidecar;
  /** Sidecar that the user gives. */
  readonly given?: Sidecar;
}

export interface GivenImage {
  readonly name: string;
  readonly url: string;
  /** Its true class, where a folder, a list or a dataset tells it. */
  readonly class?: string;
}

export interface Given {
  /** The page lies on a host of files as it was built; `fovea studio` never says so. */
  readonly static?: true;
  /** Default: the embedded digit model, which is part of the page. */
  readonly model?: GivenModel;
  readonly images: readonly GivenImage[];
  /** What `fovea improve` wrote. */
  readonly protocol?: { readonly name: string; readonly url: string };
}
