import { readFileSync } from "node:fs";

export const database = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db
  replicas: 1
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:16.4
          env: [{ name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: { name: orders-login, key: password } } }]
          volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
      volumes:
        - name: data
          emptyDir: {}
`;
export const service = `apiVersion: v1
kind: Service
metadata:
  name: orders-db
spec:
  clusterIP: None
  selector: { app: orders-db }
  ports: [{ port: 5432 }]
`;
export const client = `apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.2.3
          env: [{ name: DATABASE_URL, value: "postgresql://shop@orders-db:5432/orders" }]
`;
export const migration = readFileSync(new URL("../../../../examples/shop/migrate.yaml", import.meta.url), "utf8");
export const dump = `apiVersion: batch/v1
kind: CronJob
metadata: { name: dump }
spec:
  schedule: "0 2 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:16.4
              command: [bash, -c, "pg_dump -h orders-db orders | gzip > /backup/orders.sql.gz"]
`;
