/** @file How `fovea improve` calls the mask of a region. */

/** @param hypothesis by its name */
export function maskFile({ id }: { readonly id: string }): string {
  return `${id}.mask.png`;
}
