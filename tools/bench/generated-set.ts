/** Paths relative to the set's folder, and texts. */
export type ManifestSet = ReadonlyMap<string, string>;

/** Teams whose folders make up the set: sixteen files each, about four thousand in all. */
const teamCount = 250;

/**
 * A set of manifests of the make-up that real repositories have: mostly small files, a database or two a folder, few poolers,
 * backups and migrations, and much that is none of our business (CRDs, roles, charts). The same at every call.
 */
export function generateSet(teams = teamCount): ManifestSet {
  const files = new Map<string, string>();
  for (let team = 0; team < teams; team++)
    for (const [name, text] of Object.entries(filesOf(team)))
      files.set(`team-${String(team).padStart(3, "0")}/${name}`, text);
  return files;
}

interface Stack {
  readonly name: string;
  readonly namespace: string;
  readonly engine: Engine;
  readonly replicas: number;
}

interface Engine {
  readonly image: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly url: string;
  readonly dump: string;
}

const engines: readonly Engine[] = [
  engine(
    "postgres:16.4",
    5432,
    "/var/lib/postgresql/data",
    "postgresql",
    "pg_dump -h HOST shop | gzip > /backup/dump.gz",
  ),
  engine("mysql:8.4", 3306, "/var/lib/mysql", "mysql", "mysqldump -h HOST shop > /backup/dump.sql"),
  engine("mongo:7", 27017, "/data/db", "mongodb", "mongodump --host HOST --archive=/backup/dump"),
  engine("redis:7.2-alpine", 6379, "/data", "redis", "redis-cli -h HOST --rdb /backup/dump.rdb"),
];

function engine(image: string, port: number, dataDirectory: string, scheme: string, dump: string): Engine {
  return { image, port, dataDirectory, url: `${scheme}://app:$(PASSWORD)@HOST:${port}/shop`, dump };
}

function filesOf(team: number): Readonly<Record<string, string>> {
  const stack: Stack = {
    name: ["orders", "billing", "catalog", "accounts", "search"][team % 5] ?? "orders",
    namespace: `team-${team}`,
    // PostgreSQL is half of what people run.
    engine: engines[team % 2 === 0 ? 0 : (team >> 1) % engines.length] ?? engine("postgres:16", 5432, "/data", "", ""),
    replicas: team % 3 === 0 ? 3 : 1,
  };
  const files: Record<string, string> = {
    "database/statefulset.yaml": database(stack),
    "database/service.yaml": services(stack),
    "database/config.yaml": configuration(stack),
    "app/deployment.yaml": application(stack, "api"),
    "app/worker.yaml": application(stack, "worker"),
    "app/service.yaml": plainService(stack, "api", 8080),
    "app/ingress.yaml": ingress(stack),
    "app/roles.yaml": roles(stack),
    "platform/crd.yaml": definition(stack, 40 + (team % 7) * 20),
    "platform/monitoring.yaml": monitoring(stack),
    "platform/network.yaml": networkPolicy(stack),
    "chart/Chart.yaml": `apiVersion: v2\nname: ${stack.name}\nversion: 1.${team}.0\n`,
    "chart/values.yaml": `image:\n  repository: registry.example/${stack.name}\n  tag: "1.${team}"\nreplicas: 2\n`,
    "chart/templates/deployment.yaml": chartTemplate(),
  };
  if (team % 4 === 0) files["database/backup.yaml"] = backup(stack);
  if (team % 10 === 0) files["database/pgbouncer.yaml"] = pooler(stack);
  if (team % 12 === 0) files["app/migrate.yaml"] = migration(stack);
  if (team % 3 === 0) files["database/budget.yaml"] = budget(stack);
  return files;
}

function head(apiVersion: string, kind: string, stack: Stack, name: string): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${stack.namespace}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: ${stack.name}
`;
}

function database(stack: Stack): string {
  const { image, port, dataDirectory } = stack.engine;
  return `# The database of ${stack.namespace}
${head("apps/v1", "StatefulSet", stack, `${stack.name}-db`)}spec:
  serviceName: ${stack.name}-db
  replicas: ${stack.replicas}
  selector:
    matchLabels:
      app: ${stack.name}-db
  template:
    metadata:
      labels:
        app: ${stack.name}-db
    spec:
      containers:
        - name: database
          image: ${image}
          ports:
            - name: db
              containerPort: ${port}
          envFrom:
            - secretRef:
                name: ${stack.name}-db
          resources:
            requests: { cpu: 250m, memory: 512Mi }
            limits: { memory: 1Gi }
          volumeMounts:
            - name: data
              mountPath: ${dataDirectory}
            - name: config
              mountPath: /etc/db
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: 20Gi
`;
}

function services(stack: Stack): string {
  const of = (name: string, rest: string): string => `${head("v1", "Service", stack, name)}spec:
${rest}  selector:
    app: ${stack.name}-db
  ports:
    - name: db
      port: ${stack.engine.port}
`;
  return `${of(`${stack.name}-db`, "  clusterIP: None\n")}---\n${of(`${stack.name}-db-read`, "")}`;
}

function plainService(stack: Stack, name: string, port: number): string {
  return `${head("v1", "Service", stack, `${stack.name}-${name}`)}spec:
  type: ClusterIP
  selector:
    app: ${stack.name}-${name}
  ports:
    - name: http
      port: 80
      targetPort: ${port}
`;
}

function configuration(stack: Stack): string {
  const lines = Array.from(
    { length: 20 },
    (_, index) => `    # setting ${index}: left at its default for ${stack.name}`,
  );
  return `${head("v1", "ConfigMap", stack, `${stack.name}-db-config`)}data:
  database.conf: |
${lines.join("\n")}
    max_connections = 200
  init.sql: |
    CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL);
    CREATE INDEX IF NOT EXISTS orders_placed_at ON orders (placed_at);
`;
}

function application(stack: Stack, role: string): string {
  const variables = Array.from(
    { length: 8 },
    (_, index) => `            - name: FEATURE_${index}\n              value: "${index % 2 === 0}"`,
  );
  return `${head("apps/v1", "Deployment", stack, `${stack.name}-${role}`)}spec:
  replicas: 4
  selector:
    matchLabels:
      app: ${stack.name}-${role}
  template:
    metadata:
      labels:
        app: ${stack.name}-${role}
      annotations:
        prometheus.io/scrape: "true"
    spec:
      containers:
        - name: ${role}
          image: registry.example/${stack.name}/${role}:1.42.0
          command: ["/app/server", "--role", "${role}"]
          env:
            - name: PASSWORD
              valueFrom:
                secretKeyRef:
                  name: ${stack.name}-db
                  key: password
            - name: DATABASE_URL
              value: ${stack.engine.url.replace("HOST", `${stack.name}-db-read`)}
${variables.join("\n")}
          readinessProbe:
            httpGet: { path: /healthz, port: 8080 }
          resources:
            limits: { cpu: "1", memory: 256Mi }
`;
}

function backup(stack: Stack): string {
  return `${head("batch/v1", "CronJob", stack, `${stack.name}-backup`)}spec:
  schedule: "15 2 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - name: backup
              image: ${stack.engine.image}
              command:
                - /bin/sh
                - -c
                - |
                  set -e
                  echo "backup of ${stack.name}"
                  ${stack.engine.dump.replace("HOST", `${stack.name}-db`)}
                  find /backup -mtime +14 -delete
`;
}

function pooler(stack: Stack): string {
  return `${head("v1", "ConfigMap", stack, `${stack.name}-pgbouncer`)}data:
  pgbouncer.ini: |
    [databases]
    shop = host=${stack.name}-db port=5432 dbname=shop
    reports = host=${stack.name}-db port=5432 dbname=reports
    [pgbouncer]
    listen_addr = 0.0.0.0
    listen_port = 6432
    auth_type = scram-sha-256
    pool_mode = transaction
    default_pool_size = 20
---
${head("apps/v1", "Deployment", stack, `${stack.name}-pgbouncer`)}spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${stack.name}-pgbouncer
  template:
    metadata:
      labels:
        app: ${stack.name}-pgbouncer
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:v1.23.1-p2
          ports:
            - containerPort: 6432
          volumeMounts:
            - name: config
              mountPath: /etc/pgbouncer
      volumes:
        - name: config
          configMap:
            name: ${stack.name}-pgbouncer
---
${plainService(stack, "pgbouncer", 6432)}`;
}

function migration(stack: Stack): string {
  return `${head("batch/v1", "Job", stack, `${stack.name}-migrate-1-42-0`)}spec:
  backoffLimit: 0
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: registry.example/${stack.name}/api:1.42.0
          command: ["alembic", "upgrade", "head"]
          env:
            - name: DATABASE_URL
              value: ${stack.engine.url.replace("HOST", `${stack.name}-db`)}
`;
}

function budget(stack: Stack): string {
  return `${head("policy/v1", "PodDisruptionBudget", stack, `${stack.name}-db`)}spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: ${stack.name}-db
`;
}

function ingress(stack: Stack): string {
  return `${head("networking.k8s.io/v1", "Ingress", stack, stack.name)}spec:
  rules:
    - host: ${stack.name}.${stack.namespace}.example
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${stack.name}-api
                port:
                  name: http
`;
}

function roles(stack: Stack): string {
  return `${head("v1", "ServiceAccount", stack, stack.name)}---
${head("rbac.authorization.k8s.io/v1", "Role", stack, stack.name)}rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list, watch]
---
${head("rbac.authorization.k8s.io/v1", "RoleBinding", stack, stack.name)}roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: ${stack.name}
subjects:
  - kind: ServiceAccount
    name: ${stack.name}
`;
}

function definition(stack: Stack, properties: number): string {
  const schema = Array.from(
    { length: properties },
    (_, index) => `                setting${index}:
                  description: Setting ${index} of the ${stack.name} operator, passed on to every instance.
                  type: string`,
  );
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${stack.name}s.${stack.namespace}.example
spec:
  group: ${stack.namespace}.example
  scope: Namespaced
  names: { kind: ${stack.name}, plural: ${stack.name}s }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
${schema.join("\n")}
`;
}

function monitoring(stack: Stack): string {
  return `${head("monitoring.coreos.com/v1", "ServiceMonitor", stack, stack.name)}spec:
  endpoints:
    - port: http
      interval: 30s
  selector:
    matchLabels:
      app.kubernetes.io/part-of: ${stack.name}
`;
}

function networkPolicy(stack: Stack): string {
  return `${head("networking.k8s.io/v1", "NetworkPolicy", stack, `${stack.name}-db`)}spec:
  podSelector:
    matchLabels:
      app: ${stack.name}-db
  ingress:
    - from:
        - podSelector: {}
      ports:
        - port: ${stack.engine.port}
`;
}

function chartTemplate(): string {
  return `{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "app.fullname" . }}
  labels:
    {{- include "app.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  template:
    spec:
      containers:
        - name: app
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
{{- end }}
`;
}
