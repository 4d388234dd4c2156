import type { Browser } from "playwright-core";

/** A browser that reaches nothing but this machine. */
export function startBrowser(): Promise<Browser>;
