import { Random } from "./random.ts";

/** How every planted secret begins, and what base64 makes of that. */
const beginning = "Zq7Mark";
const traces = [beginning, Buffer.from(beginning).toString("base64").slice(0, 8)];

/** Manifests with the places where passwords stand; the markers are planted when they are mutated. */
export const secretDocuments: readonly string[] = [
  `apiVersion: v1
kind: Secret
metadata: { name: orders-db }
stringData:
  username: app
  password: hunter2
  url: postgres://app:hunter2@orders-db:5432/orders
`,
  `apiVersion: v1
kind: Secret
metadata:
  name: orders-db
data:
  POSTGRES_PASSWORD: aHVudGVyMg==
  url: aHVudGVyMg==
`,
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: postgres }
spec:
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec:
      containers:
        - name: postgres
          image: postgres:latest
          env:
            - name: POSTGRES_PASSWORD
              value: hunter2
            - { name: PGPASSWORD, value: hunter2 }
            - name: DATABASE_URL
              value: postgres://app:hunter2@db/orders?sslmode=disable
`,
  `apiVersion: batch/v1
kind: CronJob
metadata: { name: backup }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: dump
              image: mysql
              command:
                - sh
                - -c
                - |
                  export PGPASSWORD=hunter2
                  mysqldump -h db -u root -phunter2 shop | gzip > /backup/shop.gz
                  pg_dump --password=hunter2 -h db orders | gzip > /backup/orders.gz
`,
  `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
    [databases]
    orders = host=db user=app password=hunter2
    [pgbouncer]
    pool_mode = statement
`,
];

/**
 * Puts markers where a text holds passwords: values of keys and variables of such names, passwords of URLs and of commands. The
 * places are told from the text alone, so that they are found in what is no YAML any more.
 */
export function plantMarkers(text: string, random: Random): string {
  let isValueOfSecret = false;
  let secretIndent = -1; // of `stringData:` or `data:` in a Secret
  let isSecret = false;
  let isEncoded = false;
  const marker = (): string => `${beginning}${random.below(1000)}x`;
  return text
    .split("\n")
    .map((line) => {
      if (line.startsWith("---")) isSecret = false;
      if (/^kind:\s*Secret\s*$/.test(line)) isSecret = true;
      const indent = line.length - line.trimStart().length;
      if (line.trim() !== "" && indent <= secretIndent) secretIndent = -1;
      const pair = /^(\s*(?:- )?\s*)("?)([\w.-]{1,60})\2(:[ \t]+)([^\s#&*!|>{['"][^\s#]*)(\s*)$/.exec(line);
      let planted = line;
      if (pair !== null) {
        const [, lead = "", quote = "", key = "", colon = ""] = pair;
        const isPassword = /(?:password|passwd|pwd)$/i.test(key) && !/reference|key|name/i.test(key);
        const isInSecret = isSecret && secretIndent >= 0;
        if (isPassword || isInSecret || (isValueOfSecret && key === "value")) {
          const value = isInSecret && isEncoded ? Buffer.from(marker()).toString("base64") : marker();
          planted = `${lead}${quote}${key}${quote}${colon}${value}`;
        }
        isValueOfSecret = key === "name" && /(?:PASSWORD|PASSWD|_PWD)$/.test(pair[5] ?? "");
      } else isValueOfSecret = isValueOfSecret && line.trim() === "";
      if (isSecret && /^(?:stringData|data):\s*$/.test(line)) {
        secretIndent = indent;
        isEncoded = line.startsWith("data");
      }
      return planted
        .replace(
          /(name:\s*["']?\w*(?:PASSWORD|PASSWD|_PWD)["']?\s*,\s*value:\s*)[\w-]{1,40}(?=\s*})/g,
          (_, before: string) => before + marker(),
        )
        .replace(/(\bpassword=)[\w-]{1,40}/g, (_, before: string) => before + marker())
        .replace(/(:\/\/[\w-]{1,40}:)[\w-]{1,40}(?=@)/g, (_, before: string) => before + marker())
        .replace(
          /((?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|--password)=)[\w-]{1,40}/g,
          (_, name: string) => name + marker(),
        )
        .replace(
          /(\b(?:mysqldump|mysql|mariadb-dump)\b[^\n|;']{0,80}? -p)[\w-]{1,40}/g,
          (_, command: string) => command + marker(),
        );
    })
    .join("\n");
}

/** Whether every marker of a text stands where a password does: what a find is made small by takes no context away. */
export function areInPlaces(text: string): boolean {
  const word = "hunter2";
  const without = text.replace(new RegExp(`${beginning}\\d+x`, "g"), word);
  return !plantMarkers(without, new Random(0)).includes(word);
}

/** Where an output shows a planted secret: the words around it; undefined: nowhere. */
export function traceIn(output: string): string | undefined {
  for (const trace of traces) {
    const at = output.indexOf(trace);
    if (at >= 0) return output.slice(Math.max(0, at - 60), at + 30).replace(/\s+/g, " ");
  }
  return undefined;
}
