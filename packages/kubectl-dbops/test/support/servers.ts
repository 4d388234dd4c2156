/** A Deployment of PostgreSQL on claim orders-data. */
export const deployment = (image = "postgres:16.4-bookworm"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders-db, namespace: shop }
spec:
  strategy: { type: Recreate }
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: server
          image: ${image}
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes: [{ name: data, persistentVolumeClaim: { claimName: orders-data } }]
`;

/** The same as a StatefulSet; what else is in the text stays. */
export const asSet = (text: string): string =>
  text
    .replace("kind: Deployment", "kind: StatefulSet")
    .replace("  strategy: { type: Recreate }", "  serviceName: orders-db");
