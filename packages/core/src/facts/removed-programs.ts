/** Client programs that an image's series no longer has, and what took their place. */
export interface RemovedProgram {
  /** The repository without registry host and `library/`. */
  readonly image: RegExp;
  readonly fromMajor: number;
  readonly replacements: Readonly<Record<string, string>>;
  readonly source: string;
}

export const removedPrograms: readonly RemovedProgram[] = [
  {
    image: /^mariadb$/,
    fromMajor: 11,
    replacements: {
      mysql: "mariadb",
      mysqldump: "mariadb-dump",
      mysqladmin: "mariadb-admin",
      mysqld_safe: "mariadbd-safe",
      mysql_upgrade: "mariadb-upgrade",
      mysqlcheck: "mariadb-check",
    },
    source: "https://github.com/MariaDB/mariadb-docker/issues/512",
  },
  {
    image: /^mongo$/,
    fromMajor: 6,
    replacements: { mongo: "mongosh" },
    source: "https://www.mongodb.com/docs/manual/release-notes/6.0-compatibility/#legacy-mongo-shell-removed",
  },
];
