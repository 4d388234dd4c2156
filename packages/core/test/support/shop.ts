/** Documents of a small shop whose databases, poolers, backups and migrations have faults of many kinds. */
export const shop: readonly string[] = [
  `# the order database
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: orders-db
spec:
  serviceName: orders-db # governing
  replicas: 3
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      terminationGracePeriodSeconds: 10 # raised after the incident
      containers:
        - name: postgres
          image: postgres:latest
          args: ["-c", "max_connections=50", "-c", "shared_buffers=4GB"]
          env:
            # rotated every year
            - name: POSTGRES_PASSWORD
              value: correct-horse
            - name: POSTGRES_PORT
              value: 5432
          resources:
            limits: { memory: 2Gi }
          volumeMounts:
            - { name: data, mountPath: /var/lib/postgresql/data }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        storageClassName: fast
        accessModes: [ReadWriteMany]
        resources: { requests: { storage: 20Gi } }
`,
  `apiVersion: v1
kind: Service
metadata: { name: orders-db }
spec:
  selector: { app: orders-db }
  ports:
    - port: 5432
`,
  `# cheap disks
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: fast }
provisioner: ebs.csi.aws.com
reclaimPolicy: Delete # the default
`,
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  replicas: 3
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:1.23.1
          ports: [{ containerPort: 6432 }]
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
      volumes:
        - { name: config, configMap: { name: pgbouncer } }
`,
  `apiVersion: v1
kind: ConfigMap
metadata: { name: pgbouncer }
data:
  pgbouncer.ini: |
    [databases]
    orders = host=orders-db-7.orders-db port=5432 dbname=orders
    billing = host=orders-db port=5432 dbname=billing
    # as on the old machines
    [pgbouncer]
    listen_port = 6432
    pool_mode = statement
    default_pool_size = 40
`,
  `apiVersion: batch/v1
kind: CronJob
metadata: { name: orders-dump }
spec:
  schedule: "0 * * * *" # hourly
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: postgres:12.4
              command:
                - sh
                - -c
                - |
                  # keep it small
                  pg_dump -h orders-db -U app orders | gzip > /backup/orders.sql.gz
              volumeMounts: [{ name: backup, mountPath: /backup }]
          volumes:
            - { name: backup, emptyDir: {} }
`,
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  replicas: 4
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      initContainers:
        - name: migrate
          image: shop/api:2.3.1
          command: ["alembic", "upgrade", "head"]
      containers:
        - name: api
          image: shop/api:2.3.1
          env:
            - { name: DATABASE_URL, value: "postgresql://app:hunter2x@orders-db-1.orders-db:5433/orders" }
`,
  `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: billing }
spec:
  instances: 1 # for now
  storage: { size: 10Gi }
`,
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: reports-db }
spec:
  replicas: 2
  selector: { matchLabels: { app: reports-db } }
  template:
    metadata: { labels: { app: reports-db } }
    spec:
      containers:
        - name: mysql
          image: bitnami/mysql:8.0
          volumeMounts: [{ name: data, mountPath: /bitnami/mysql }]
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: reports }
`,
];

/** The documents as one file. */
export const shopText = (documents: readonly string[] = shop): string => documents.join("---\n");
