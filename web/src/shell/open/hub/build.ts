/** @file Whether this build of the page may ask the Hugging Face hub: only one that was asked for has the field. */

/** Where the hub is; empty in all other builds. */
export const hubEndpoint: string = import.meta.env.FOVEA_HUB ?? "";

/** The field in which a model of the hub is named; undefined where the page asks no other host. */
export const hubField = import.meta.env.FOVEA_HUB ? () => import("./HubField.svelte") : undefined;
