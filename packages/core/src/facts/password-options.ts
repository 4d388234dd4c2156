import { fileName } from "../text/scan.ts";

/** How a program takes a password among its words, beside long options that say so themselves (`--password=…`, `--token …`). */
export interface PasswordOptions {
  readonly programs: RegExp;
  /** `-pVALUE`, in one word. */
  readonly attached?: readonly string[];
  /** `-p VALUE`: the next word. */
  readonly separate?: readonly string[];
  /** `-u USER:VALUE`, in one word or two. */
  readonly userinfo?: readonly string[];
  /** What stands before the value there, when it is no colon. */
  readonly userinfoMark?: string;
  /** Words in this order, and how many words behind the last of them the password is. */
  readonly positional?: readonly (readonly [words: readonly string[], distance: number])[];
  /** Words without a dash whose next word is the password. */
  readonly keywords?: readonly string[];
  /** A long option without `=` asks at the terminal; the next word is something else. */
  readonly asks?: boolean;
  readonly source: string;
}

/** By the program's name without its directory; the first that fits. */
const table: readonly PasswordOptions[] = [
  {
    programs: /^(mydumper|myloader)$/,
    attached: ["-p"],
    separate: ["-p"],
    source: "https://mydumper.github.io/mydumper/docs/html/mydumper_usage.html",
  },
  {
    programs: /^(mysqladmin|mariadb-admin)$/,
    attached: ["-p"],
    keywords: ["password"],
    asks: true,
    source: "https://dev.mysql.com/doc/refman/8.4/en/mysqladmin.html",
  },
  {
    programs: /^(mysql|maria|xtrabackup|innobackupex|percona-)/,
    attached: ["-p"],
    asks: true,
    source: "https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_password",
  },
  {
    programs: /^(mongo|bsondump)/,
    attached: ["-p"],
    separate: ["-p"],
    source: "https://www.mongodb.com/docs/database-tools/mongodump/#std-option-mongodump.--password",
  },
  {
    programs: /^(redis|valkey|keydb)-(cli|benchmark)$/,
    separate: ["-a"],
    keywords: ["requirepass", "masterauth", "auth"],
    source: "https://redis.io/docs/latest/develop/tools/cli/",
  },
  {
    programs: /^(redis|valkey|keydb)-(server|sentinel)$/,
    keywords: ["requirepass", "masterauth"],
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/config/",
  },
  {
    programs: /^(pg_|psql|postgres|createdb|createuser|dropdb|vacuumdb|reindexdb|clusterdb|pgbench)/,
    asks: true,
    source: "https://www.postgresql.org/docs/current/app-psql.html",
  },
  {
    programs: /^curl$/,
    userinfo: ["-u", "--user", "-U", "--proxy-user"],
    source: "https://curl.se/docs/manpage.html#-u",
  },
  { programs: /^sshpass$/, attached: ["-p"], separate: ["-p"], source: "https://linux.die.net/man/1/sshpass" },
  {
    programs: /^(sqlcmd|bcp|isql|osql)$/,
    attached: ["-P"],
    separate: ["-P"],
    source: "https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility",
  },
  {
    programs: /^ldap(search|modify|add|delete|whoami|passwd)$/,
    attached: ["-w"],
    separate: ["-w"],
    source: "https://www.openldap.org/software/man.cgi?query=ldapsearch",
  },
  {
    programs: /^(mc|mcli)$/,
    positional: [
      [["alias", "set"], 4],
      [["host", "add"], 4],
      [["user", "add"], 3],
    ],
    source: "https://docs.min.io/community/minio-object-store/reference/minio-mc/mc-alias-set.html",
  },
  {
    programs: /^aws$/,
    keywords: ["aws_secret_access_key", "aws_session_token"],
    source: "https://docs.aws.amazon.com/cli/latest/reference/configure/set.html",
  },
  {
    programs: /^(docker|podman|buildah|skopeo|crane|oras)$/,
    separate: ["-p"],
    source: "https://docs.docker.com/reference/cli/docker/login/",
  },
  { programs: /^vault$/, keywords: ["login"], source: "https://developer.hashicorp.com/vault/docs/commands/login" },
  { programs: /^rclone$/, keywords: ["obscure"], source: "https://rclone.org/commands/rclone_obscure/" },
  {
    programs: /^lftp$/,
    userinfo: ["-u"],
    userinfoMark: ",",
    source: "https://lftp.yar.ru/lftp-man.html",
  },
  {
    programs: /^smbclient$/,
    userinfo: ["-U", "--user"],
    userinfoMark: "%",
    source: "https://www.samba.org/samba/docs/current/man-html/smbclient.1.html",
  },
  { programs: /^etcdctl$/, userinfo: ["--user"], source: "https://etcd.io/docs/v3.6/op-guide/authentication/rbac/" },
  {
    programs: /^(cqlsh|cypher-shell)$/,
    separate: ["-p"],
    source: "https://cassandra.apache.org/doc/latest/cassandra/managing/tools/cqlsh.html",
  },
  {
    programs: /^openssl$/,
    separate: ["-pass", "-passin", "-passout", "-k"],
    source: "https://docs.openssl.org/master/man1/openssl-passphrase-options/",
  },
];

/** What is known of a program; `name`: with or without its directory. */
export function passwordOptionsOf(name: string): PasswordOptions | undefined {
  if (name.length > 4096) return undefined;
  const base = fileName(name);
  const end = nameAtEnd(base);
  return table.find(({ programs }) => programs.test(base) || programs.test(end));
}

/** The letters that a word ends with: what stands before them (`?mysql`, `${BIN}mysql`) is no part of a program's name. */
function nameAtEnd(word: string): string {
  let start = word.length;
  while (start > 0 && /[\w.-]/.test(word.charAt(start - 1))) start--;
  return start === word.length ? word : word.slice(start);
}

const keywordsOfAll = new RegExp(
  `\\b(${table.flatMap(({ keywords = [], positional = [] }) => [...keywords, ...positional.flatMap(([words]) => words)]).join("|")})\\b`,
  "i",
);
/** `--…`, and `-p` and its like with the letters of the table; `-password` and `-token` are anybody's. Nothing of a word stands before. */
const options = new RegExp(
  `(?:^|\\W)-[-pt${[...new Set(table.flatMap(({ attached = [], separate = [], userinfo = [] }) => [...attached, ...separate, ...userinfo].map((option) => option[1])))].join("").replaceAll("-", "")}]`,
  "i",
);

/** Whether a text holds an option or a word that a password may follow: most do not. */
export function mayTakePassword(text: string): boolean {
  return options.test(text) || keywordsOfAll.test(text);
}
