import type { Pattern } from "../text/scan.ts";

/** Words of a script that put a backup where a lost cluster does not take it along. */
export const uploadMarkers: readonly Pattern[] = [
  /\b(?:s3cmd|mc\s+(?:cp|mirror|pipe)|rclone|gsutil|gcloud\s+storage|az\s+storage|azcopy|restic|kopia|borg|scp|sftp|rsync|wal-g|barman-cloud|s5cmd|b2)\b/,
  [/\baws\s/, /^\s*(?:--\S+\s+\S+\s+)*s3\b/],
  [/\bcurl\s/, /(?:-T|--upload-file)\b/],
];

/** Words that remove old backups. */
export const retentionMarkers: readonly Pattern[] = [
  /\brm\b|\bforget\b|\bprune\b|--keep|retention|RETENTION|KEEP_|BACKUP_KEEP|DELETE_OLDER|logrotate|tmpreaper/,
  /\btail\s+-n\s*\+/,
  /head\s+-n\s*-/,
  [/\bfind\b/, /-delete|-mtime|-mmin/],
  [/xargs\s/, /rm/],
];

/** Stores that keep versions or retention of their own. */
export const versionedStore = /\b(restic|kopia|borg|wal-g|pgbackrest|barman)\b/;

/** Images whose /bin/sh is dash, which refuses `set -o pipefail` before 0.5.13 (measured 0.5.12). */
export const dashImages = /^(postgres|mysql|mariadb|mongo|redis|debian|ubuntu|python|node|ruby|perl)$/;
