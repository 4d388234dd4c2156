/** Where Debian's chromium is, or what CHROMIUM names. */
export const browserPath: string;
