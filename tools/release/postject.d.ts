declare module "postject" {
  /** Writes a resource into an executable. https://github.com/nodejs/postject */
  export function inject(
    file: string,
    resource: string,
    content: Buffer,
    options: { readonly sentinelFuse: string; readonly machoSegmentName?: string },
  ): Promise<void>;
}
