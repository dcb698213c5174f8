/** @file The outputs and the version that every model has. */

/** What can be asked of every model. */
export const outputNames = ["scores", "probabilities", "classes"] as const;

export type OutputName = (typeof outputNames)[number];

/** The one version that every model has. */
export const modelVersion = "1";
