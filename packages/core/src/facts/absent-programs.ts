/**
 * Client programs that the official server images do not hold, in any tag: their Dockerfiles install the server and what its
 * entrypoint needs. https://github.com/docker-library/postgres, mysql, mariadb, mongo, redis; read 2026-11
 */
export const absentPrograms: Readonly<Record<string, string>> = {
  aws: "the AWS command line",
  s3cmd: "s3cmd",
  s5cmd: "s5cmd",
  mc: "the MinIO client",
  rclone: "rclone",
  gsutil: "the Google Cloud command line",
  gcloud: "the Google Cloud command line",
  az: "the Azure command line",
  azcopy: "AzCopy",
  b2: "the Backblaze client",
  restic: "restic",
  kopia: "kopia",
  borg: "borg",
  "wal-g": "WAL-G",
  "barman-cloud-backup": "Barman",
  kubectl: "kubectl",
};

/** The images themselves, from Docker Hub; a copy elsewhere may be another build. */
export const imagesWithoutClients = /^(?:postgres|mysql|mariadb|mongo|redis)$/;
