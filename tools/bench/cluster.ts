import type { Cluster } from "../kubernetes/start.mjs";

/** What kubectl is asked for: the kinds that have objects here. */
export const kindsOfCluster =
  "statefulsets,deployments,pods,services,configmaps,persistentvolumeclaims,cronjobs,poddisruptionbudgets";

/** 50 namespaces with 100 objects each: databases, their Pods and claims, applications, poolers, backups. */
export async function fillCluster(cluster: Cluster): Promise<number> {
  let made = 0;
  const create = async (url: string, object: object): Promise<void> => {
    const { status, body } = await cluster.api("POST", url, object);
    if (status > 299) throw new Error(`${url}: ${JSON.stringify(body)}`);
    made++;
  };
  for (let index = 0; index < 50; index++) {
    const namespace = `team-${index}`;
    await cluster.api("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
    await Promise.all(Array.from({ length: 10 }, (_, number) => fillOne(namespace, `app-${number}`, create)));
  }
  return made;
}

/** Ten objects of one application. */
async function fillOne(
  namespace: string,
  name: string,
  create: (url: string, object: object) => Promise<void>,
): Promise<void> {
  const metadata = (suffix: string): object => ({ name: `${name}${suffix}`, namespace, labels: { app: name } });
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const podSpec = (image: string, more: object = {}): object => ({
    containers: [
      {
        name: "main",
        image,
        env: [{ name: "DATABASE_URL", value: `postgresql://app@${name}-db:5432/orders` }],
        resources: { limits: { memory: "1Gi" } },
      },
    ],
    ...more,
  });
  const template = (suffix: string, image: string): object => ({
    metadata: { labels: { app: `${name}${suffix}` } },
    spec: podSpec(image),
  });
  await create(`${apps}/statefulsets`, {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata("-db"),
    spec: {
      serviceName: `${name}-db`,
      replicas: 1,
      selector: { matchLabels: { app: `${name}-db` } },
      template: template("-db", "postgres:16.4-bookworm"),
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
    },
  });
  await create(`${core}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata("-db-0"),
    spec: podSpec("postgres:16.4-bookworm", {
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: `data-${name}-db-0` } }],
    }),
  });
  await create(`${core}/persistentvolumeclaims`, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: `data-${name}-db-0`, namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
  });
  await create(`${core}/services`, {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("-db"),
    spec: { clusterIP: "None", selector: { app: `${name}-db` }, ports: [{ port: 5432 }] },
  });
  await create(`${apps}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(""),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: template("", "registry.example.com/app:1.2.3"),
    },
  });
  for (const suffix of ["-1", "-2"])
    await create(`${core}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: metadata(suffix),
      spec: podSpec("registry.example.com/app:1.2.3"),
    });
  await create(`${core}/configmaps`, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(""),
    data: { "application.properties": "spring.datasource.hikari.maximum-pool-size=10\n".repeat(10) },
  });
  await create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(""),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
  });
  await create(`/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: metadata("-dump"),
    spec: {
      schedule: "0 2 * * *",
      jobTemplate: { spec: { template: { spec: podSpec("postgres:16.4-bookworm", { restartPolicy: "Never" }) } } },
    },
  });
}
