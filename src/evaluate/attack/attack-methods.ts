/** @file The names of attacks. */

export const attackMethods = ["fgsm", "pgd"] as const;
export type AttackMethod = (typeof attackMethods)[number];
