import type { YamlNode } from "../yaml/node.ts";

// What keeps a balancer of a Service from being public.

export function isPrivateAddress(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
}

/** Whether a list of source ranges is written, and leaves somebody out. */
export function admitsSome(list: YamlNode | undefined): boolean {
  const ranges = list?.items() ?? [];
  return ranges.length > 0 && !ranges.some((range) => /^(?:0\.0\.0\.0|::)\/0$/.test(range.text() ?? ""));
}

/** Whether annotations ask for a balancer inside, or come from one of a private network's own. */
export function namesPrivateBalancer(annotations: readonly (readonly [string, string])[]): boolean {
  return annotations.some(
    ([key, value]) =>
      !/^(false|internet-facing)$/i.test(value) &&
      /internal|scheme|private|balancer-type=\$|metallb|lbipam|cilium|kube-vip|source-ranges|tailscale/i.test(
        `${key}=${value}`,
      ),
  );
}
