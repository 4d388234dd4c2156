/** Manifests with a secret in every place where passwords are found; findings point at most of the lines. */
export function secretPlaces(mark: string): Readonly<Record<string, string>> {
  let count = 0;
  const secret = (): string => `${mark}${++count}`;
  /** With what ends a word for somebody who reads it wrongly. */
  const awkward = (): string => `${secret()},${secret()}`;

  const job = (image: string, ...lines: readonly string[]): string =>
    `${database}---
apiVersion: batch/v1
kind: CronJob
metadata: { name: dump }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: dump
              image: ${image}
              command:
                - bash
                - -c
                - |
${lines.map((line) => `                  ${line}`).join("\n")}
              volumeMounts: [{ name: out, mountPath: /backup }]
          volumes: [{ name: out, emptyDir: {} }]
`;
  const environment = (...lines: readonly string[]): string =>
    `${database}        - name: api
          image: shop/api
          env:
${lines.map((line) => `            ${line}`).join("\n")}
`;
  const configMap = (file: string, ...lines: readonly string[]): string =>
    `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  ${file}: |
${lines.map((line) => `    ${line}`).join("\n")}
---
${pooler}`;

  return {
    "a Secret, plain and base64": `apiVersion: v1
kind: Secret
metadata:
  name: orders-db
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Secret","stringData":{"anything":"${secret()}"}}
stringData:
  password: ${secret()}
  anything: "${secret()} ${secret()}"
  url: postgres://app:${secret()}@orders-db/orders
  config.yaml: |
    a: ${secret()}
data:
  token: ${Buffer.from(`${secret()}`).toString("base64")}
  other: ${Buffer.from(`x${secret()}`).toString("base64")}
---
${database}          envFrom: [{ secretRef: { name: orders-db } }]
`,
    "a Secret as JSON": JSON.stringify(
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "orders-db" },
        stringData: { a: secret(), password: secret() },
      },
      null,
      2,
    ),
    variables: environment(
      "- name: POSTGRES_PASSWORD",
      `  value: ${secret()}`,
      `- { name: MYSQL_PWD, value: "${secret()} ${secret()}" }`,
      `- {name: REDIS_PASSWORD, value: ${awkward()}}`,
      "- name: DB_PASS_OLD",
      `  value: '${secret()}"${secret()}'`,
      "- name: AWS_SECRET_ACCESS_KEY",
      `  value: ${secret()}`,
    ),
    "connection strings": environment(
      "- name: DATABASE_URL",
      `  value: postgresql+asyncpg://app:${secret()}@orders-db:5432/orders?sslmode=disable`,
      "- name: BROKEN_URL",
      `  value: "postgres://app:${secret()}/${secret()}#${secret()}@orders-db:5432/orders"`,
      "- name: BLANK_URL",
      `  value: 'postgres://app:${secret()} ${secret()},${secret()}"${secret()}@orders-db:5432/orders'`,
      "- name: LOST_URL",
      `  value: postgres://app:${secret()}`,
      "- name: JDBC_URL",
      `  value: jdbc:postgresql://orders-db/orders?user=app&password=${secret()}&ssl=true`,
      "- name: ADO",
      `  value: Server=orders-db;Database=orders;User Id=app;Password=${secret()} ${secret()};Pooling=true`,
      "- name: LIBPQ",
      `  value: host=orders-db password='${secret()} ${secret()}' user=app`,
      "- name: LIBPQ_PLAIN",
      `  value: host=orders-db user=app password=${awkward()}"${secret()}`,
      "- name: CACHE",
      `  value: redis://:${secret()}@cache:6379/0`,
      "- name: MONGO",
      `  value: mongodb://app:${secret()}@a:27017,b:27017/shop?replicaSet=rs0`,
      "- name: WITH_DEFAULT",
      `  value: \${POSTGRES_PASSWORD:-${secret()}}`,
    ),
    "MySQL's clients": job(
      "mysql:8.4",
      `mysqldump -h orders-db -u root -p'${secret()} ${secret()}' orders > /backup/a.sql`,
      `mysqldump -h orders-db -p${awkward()} orders | gzip > /backup/b.gz`,
      `mysqldump --password="${secret()}" orders > /backup/c.sql`,
      `MYSQL_PWD=${secret()} mysqldump orders > /backup/d.sql`,
      `mysql -e "CREATE USER app IDENTIFIED BY '${secret()}'"`,
      `mysqladmin password ${secret()}`,
    ),
    "MongoDB's tools": job(
      "mongo:7",
      `mongodump -u root -p ${secret()} --out /backup`,
      `mongodump --uri="mongodb://root:${secret()}@orders-db" --archive=/backup/a`,
      `mongosh --eval 'db.auth("root", "${secret()}")'`,
      `mongosh --eval "db.createUser({user: 'app', pwd: '${secret()}', roles: []})"`,
    ),
    "PostgreSQL's tools": job(
      "postgres:16",
      `PGPASSWORD=${secret()} pg_dump -h orders-db orders > /backup/a.sql`,
      `PGPASSWORD="${secret()} ${secret()}" pg_dump -h orders-db orders | gzip > /backup/b.gz`,
      `export PGPASSWORD='${secret()}'`,
      `echo "orders-db:5432:*:app:${secret()}" > ~/.pgpass`,
      `pg_dump "host=orders-db user=app password=${secret()}" > /backup/c.sql`,
      `pg_dump --dbname=postgresql://app:${secret()}@orders-db/orders > /backup/d.sql`,
      `psql -c "ALTER ROLE app PASSWORD \\$\\$${secret()}\\$\\$"`,
      `psql -c 'ALTER ROLE app PASSWORD $$${secret()}$$'`,
      `psql -c "ALTER ROLE app ENCRYPTED PASSWORD '${secret()} ${secret()}'"`,
      `psql -c 'ALTER ROLE app PASSWORD '"'"'${secret()}'"'"''`,
    ),
    "other programs": job(
      "postgres:16",
      `pg_dump orders | curl -u backup:${secret()} -T - https://files/orders`,
      `pg_dump orders | curl -H "Authorization: Bearer ${secret()}" -T - https://files/orders`,
      `curl --user "backup:${secret()} ${secret()}" https://files/orders`,
      `redis-cli -a ${secret()} --rdb /backup/a.rdb`,
      `redis-cli -h cache AUTH default ${secret()}`,
      `redis-cli --pass "${secret()}" CONFIG SET requirepass ${secret()}`,
      `AWS_SECRET_ACCESS_KEY=${secret()} aws s3 cp /backup/a.sql s3://orders/`,
      `pgbackrest --repo1-cipher-pass=${secret()} --repo1-s3-key-secret=${secret()} backup`,
      `sshpass -p ${secret()} scp /backup/a.sql backup@files:`,
      `sh -c "mysqldump -p${secret()} orders > /backup/e.sql"`,
      `cat <<EOF > /root/.pgpass`,
      `orders-db:5432:orders:app:${secret()}`,
      `EOF`,
      `# mysqldump -p${secret()} was here`,
    ),
    "probes and arguments": `${database}          livenessProbe:
            exec: { command: [sh, -c, "mysqladmin ping -p${secret()}"] }
          readinessProbe:
            exec: { command: [redis-cli, -a, "${secret()}", ping] }
        - name: cache
          image: redis:7
          args: ["--requirepass", "${secret()}", "--masterauth", '${secret()}']
        - name: changes
          image: liquibase/liquibase:4.27
          args: [update, "--url=jdbc:postgresql://orders-db/orders", "--password=${secret()}"]
`,
    "pgbouncer.ini": configMap(
      "pgbouncer.ini",
      "[databases]",
      `orders = host=orders-db password=${secret()} pool_size=abc`,
      `billing = host=orders-db password='${secret()} ${secret()}' pool_size=x`,
      "[pgbouncer]",
      "pool_mode = statement",
    ),
    "userlist.txt": configMap("userlist.txt", `"app" "${secret()}"`, `"web" "${secret()}""${secret()}"`),
    "redis.conf": configMap(
      "redis.conf",
      `requirepass ${secret()}`,
      `masterauth "${secret()} x"`,
      `user app on >${secret()} ~* +@all`,
    ),
    "postgresql.conf, pg_hba.conf, my.cnf": configMap(
      "settings",
      `primary_conninfo = 'host=primary user=replica password=${secret()}'`,
      `host all all 10.0.0.0/8 ldap ldapserver=x ldapbindpasswd="${secret()} ${secret()}"`,
      "[client]",
      `password = ${secret()} ${secret()}`,
      `password="${secret()}#${secret()}"`,
    ),
    kustomize: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
secretGenerator:
  - name: orders-db
    literals: [anything=${secret()}, "other=${secret()} ${secret()}"]
patches:
  - target: { kind: StatefulSet }
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/env/0
        value: { name: POSTGRES_PASSWORD, value: ${secret()} }
`,
    operators: `apiVersion: k8s.mariadb.com/v1alpha1
kind: MariaDB
metadata: { name: billing }
spec:
  rootPassword: { value: ${secret()} }
  password: ${secret()}
  replicas: 1
`,
    comments: `# was: postgres://app:${secret()}@orders-db/orders
# password: ${secret()}
${database}          # PGPASSWORD=${secret()} psql
`,
    "an alias": `${database}          env:
            - name: OTHER
              value: &a ${secret()}
            - name: POSTGRES_PASSWORD
              value: *a
`,
    "the names of aliases and tags": `${database}          env:
            - name: POSTGRES_PASSWORD
              value: *${secret()}
`,
    "a tag": `${database}          env:
            - name: POSTGRES_PASSWORD
              value: !!int ${secret()}
`,
    "a key written twice": `${database}          env:
            - name: POSTGRES_PASSWORD
              value: ${secret()}
              value: ${secret()}
`,
    "text that kubectl drops": `${database}...
password: ${secret()}
anything: ${secret()}
`,
    "JSON in a broken file": `{"kind":"Secret","apiVersion":"v1","stringData":{"a":"${secret()}","b":"${secret()}",},}`,
    "a key without its value": `apiVersion: v1
kind: Secret
metadata: { name: x }
stringData:
  ${secret()}x
  a: b
`,
  };
}

const database = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: orders-db }
spec:
  serviceName: orders-db
  replicas: 3
  selector: { matchLabels: { app: orders-db } }
  template:
    metadata: { labels: { app: orders-db } }
    spec:
      containers:
        - name: postgres
          image: postgres:12
          ports: [{ containerPort: 5432 }]
`;

const pooler = `apiVersion: apps/v1
kind: Deployment
metadata: { name: pgbouncer }
spec:
  replicas: 1
  selector: { matchLabels: { app: pgbouncer } }
  template:
    metadata: { labels: { app: pgbouncer } }
    spec:
      containers:
        - name: pgbouncer
          image: edoburu/pgbouncer:1.20.0
          volumeMounts: [{ name: config, mountPath: /etc/pgbouncer }]
      volumes: [{ name: config, configMap: { name: settings } }]
`;
