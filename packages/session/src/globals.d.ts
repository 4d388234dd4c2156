// What Node, extension hosts and browsers all have; nothing else may be used here.
type Timer = number & { readonly timer: true };
declare function setTimeout(callback: () => void, milliseconds: number): Timer;
declare function clearTimeout(handle: Timer | undefined): void;
declare const performance: { now(): number };
declare class TextDecoder {
  constructor(label?: string, options?: { readonly ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
