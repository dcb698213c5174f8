export const runtimeName: string;
export function packedRuntime(how?: "best" | "quick", name?: string): string;
