/** A StatefulSet of MySQL whose grace period is too short: an unsafe fix. */
export const orders = `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db
  replicas: 1
  selector:
    matchLabels:
      app: orders-db
  template:
    metadata:
      labels:
        app: orders-db
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: mysql
          image: mysql:8.4.3
          resources:
            limits:
              memory: 4Gi
          volumeMounts:
            - name: data
              mountPath: /var/lib/mysql
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 20Gi
`;

/** PostgreSQL with as many Pods as given, and its governing Service. */
export const postgres = (replicas: number): string => `apiVersion: v1
kind: Service
metadata:
  name: postgres
spec:
  clusterIP: None
  selector:
    app: postgres
  ports:
    - port: 5432
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: postgres
spec:
  serviceName: postgres
  replicas: ${replicas}
  selector:
    matchLabels:
      app: postgres
  template:
    metadata:
      labels:
        app: postgres
    spec:
      containers:
        - name: postgres
          image: postgres:16.4-bookworm
          volumeMounts:
            - name: data
              mountPath: /var/lib/postgresql/data
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 20Gi
`;

/** A client that names the Pod with the ordinal 3. */
export const reports = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: reports
spec:
  selector:
    matchLabels:
      app: reports
  template:
    metadata:
      labels:
        app: reports
    spec:
      containers:
        - name: reports
          image: registry.example.com/shop/reports:7.1.0
          env:
            - name: DATABASE_HOST
              value: postgres-3.postgres
`;

/** Two dumps whose failure nobody sees: a safe fix each. */
export const dumps = ["orders", "billing"]
  .map(
    (name) => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: ${name}-backup
spec:
  schedule: "15 2 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:16.4-alpine3.20
              command: [sh, -c]
              args:
                - pg_dump -Fc -h ${name}-db ${name} | gzip > /backup/${name}-$(date +%F).gz # nightly
              volumeMounts:
                - name: backups
                  mountPath: /backup
          volumes:
            - name: backups
              persistentVolumeClaim:
                claimName: ${name}-backups
`,
  )
  .join("---\n");
