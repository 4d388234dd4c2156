import { type IniDialect, type IniEntry, parseIni } from "../../embedded/ini.ts";
import { mysqlBytes, postgresBytes, redisBytes } from "../../embedded/units.ts";
import type { Engine } from "../../facts/engines.ts";
import type { ServerImage } from "../../facts/images.ts";
import type { Container } from "../../kube/container.ts";
import { own } from "../../text/own.ts";
import { byDefault, type Fact, known, knownText, unknown } from "../../yaml/fact.ts";
import { keyOf, type Place, textAt } from "../../yaml/node.ts";
import { partOf } from "../../yaml/part-of.ts";
import { type Setting, type Settings, settingsOf } from "../../yaml/settings.ts";
import { evident } from "./evident-server.ts";
import { isUnread } from "./unread-configuration.ts";

// Defaults that arithmetic needs. https://www.postgresql.org/docs/current/runtime-config.html and siblings
const defaultsOf: Readonly<Partial<Record<Engine, Readonly<Record<string, string>>>>> = {
  postgresql: {
    max_connections: "100",
    superuser_reserved_connections: "3",
    reserved_connections: "0",
    shared_buffers: "128MB",
    work_mem: "4MB",
    port: "5432",
  },
  mysql: { max_connections: "151", innodb_buffer_pool_size: "128M" },
  mariadb: { max_connections: "151", innodb_buffer_pool_size: "128M" },
};

const bytesOf: Readonly<Partial<Record<Engine, (text: string, name: string) => number | undefined>>> = {
  postgresql: postgresBytes,
  mysql: mysqlBytes,
  mariadb: mysqlBytes,
  redis: redisBytes,
  valkey: redisBytes,
};

/** Settings with the engine's units, names and defaults, from what is written. */
export function engineSettings(
  engine: Engine,
  written: readonly Setting[],
  isComplete: boolean,
  defaultsAt: Place,
): Settings {
  const defaults = defaultsOf[engine];
  const bytes = bytesOf[engine];
  return settingsOf(written, {
    isComplete,
    normalize: (name) => name.replace(/^--/, "").replaceAll("-", "_").toLowerCase(),
    ...(bytes === undefined ? {} : { bytes }),
    // An unread file may say otherwise, so a default only holds where everything is in view.
    defaults: (name) => {
      const value = own(defaults, name);
      if (value === undefined) return undefined;
      return isComplete ? byDefault(value, defaultsAt) : unknown(defaultsAt, "a configuration file is not in view");
    },
  });
}

/** What a server container's arguments, mounted configuration files and environment set; files first, arguments over them. */
export function readServerSettings(container: Container, engine: Engine, family: ServerImage): Settings {
  const at = keyOf(container.node.nearest("args"));
  const fromFiles = readFiles(container, engine);
  const fromEnvironment = Object.entries(family.settings ?? {}).flatMap(([variable, name]): Setting[] => {
    const value = container.environment.get(variable);
    return value === undefined ? [] : [{ name, value, nameAt: value.at }];
  });
  const fromArguments = readArguments(container, engine);
  const isComplete =
    family.family !== evident &&
    fromFiles.isComplete &&
    !namesUnreadFile(container) &&
    container.argv.every(
      (word, index) => word.value !== undefined || isShellText(word) || isRedisValue(container, index, engine),
    );
  return engineSettings(
    engine,
    [...fromFiles.settings, ...fromEnvironment, ...fromArguments],
    isComplete && container.commandsAreComplete,
    at,
  );
}

/** The command names a configuration file that no volume in view holds: it is in the image, or made when the Pod starts. */
function namesUnreadFile(container: Container): boolean {
  const read = new Set(container.filesUnder("/").map((file) => file.path));
  return container.argv.some(({ value }) =>
    [...(value ?? "").matchAll(/\/[\w./-]+/g)].some(([path]) => {
      const file = /^.*\.(?:conf|cnf|ini|ya?ml)\b/.exec(path)?.[0];
      return file !== undefined && !read.has(file);
    }),
  );
}

/** A script with shell variables is read word by word: as an argument it is no gap. */
function isShellText(word: Fact<string>): boolean {
  return /\s/.test(textAt(word.at));
}

/**
 * `--requirepass $(PASSWORD)`: whatever it will be, no other setting hides there. Only Redis has no option without a value: behind
 * `--skip-name-resolve` of MySQL an unknown word may be `--defaults-file=…`.
 */
function isRedisValue({ argv }: Container, index: number, engine: Engine): boolean {
  const [option, word] = [argv[index - 1], argv[index]];
  if ((engine !== "redis" && engine !== "valkey") || option?.value === undefined || word === undefined) return false;
  return /^--[\w.-]+$/.test(option.value) && option.value !== "--include" && knownText(word)?.startsWith("--") !== true;
}

const configurationPaths: Readonly<Partial<Record<Engine, { readonly dialect: IniDialect; readonly path: RegExp }>>> = {
  postgresql: { dialect: "postgresql", path: /(postgresql(\.\w+)?|custom|\/conf\.d\/[^/]+|extended)\.conf$/ },
  mysql: { dialect: "mysql", path: /\.cnf$|\.ini$/ },
  mariadb: { dialect: "mysql", path: /\.cnf$|\.ini$/ },
  redis: { dialect: "redis", path: /\.conf$/ },
  valkey: { dialect: "redis", path: /\.conf$/ },
};

function readFiles(
  container: Container,
  engine: Engine,
): { readonly settings: readonly Setting[]; readonly isComplete: boolean } {
  const kind = configurationPaths[engine];
  if (kind === undefined) return { settings: [], isComplete: true };
  const settings: Setting[] = [];
  let isComplete = container.filesAreComplete;
  for (const file of container.filesUnder("/")) {
    if (!kind.path.test(file.path) || /pg_hba|pg_ident|recovery/.test(file.path)) continue;
    if (engine === "postgresql" && isUnread(file, container)) continue;
    if (file.content.value === undefined) {
      isComplete = false;
      continue;
    }
    const entries = parseIni(file.content.value, kind.dialect);
    // A Sentinel that shares the ConfigMap has a port and a directory of its own.
    if (kind.dialect === "redis" && entries.some(({ key }) => key === "sentinel")) continue;
    for (const entry of entries) {
      if (
        kind.dialect === "mysql" &&
        !/^(mysqld|server|mariadb|mariadbd|mysqld-.*|mariadb-.*|galera|embedded|client-server)$/.test(entry.section)
      )
        continue;
      settings.push(settingInText(entry, file.content.at, file.content.value));
    }
  }
  return { settings, isComplete };
}

/** A line of a configuration file as a setting whose places are inside the text. */
export function settingInText(entry: IniEntry, at: Place, text: string): Setting {
  const valueAt = partOf(at, text, entry.valueSpan);
  const value = /\$\{|\{\{|\$\(/.test(entry.value)
    ? unknown(valueAt, "it is filled in later")
    : known(entry.value, valueAt);
  return { name: entry.key, value, nameAt: partOf(at, text, entry.keySpan) };
}

function readArguments(container: Container, engine: Engine): readonly Setting[] {
  const words =
    container.commands.length > 0
      ? container.commands.flatMap((command) =>
          command.words.map((word) => ({
            at: word as Place,
            text: word.text ?? word.raw,
            isKnown: word.text !== undefined,
          })),
        )
      : [];
  const settings: Setting[] = [];
  const add = (name: string, text: string, word: { readonly at: Place; readonly isKnown: boolean }): void => {
    const value = word.isKnown ? known(text, word.at) : unknown(word.at, "it is known when it runs");
    settings.push({ name, value, nameAt: word.at });
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    const next = words[index + 1];
    if (word === undefined) continue;
    if (engine === "postgresql") {
      const short = /^-c(.+)?$/.exec(word.text);
      const pair = short?.[1] ?? (word.text === "-c" ? next?.text : /^--([\w.-]+=.*)$/s.exec(word.text)?.[1]);
      if (pair?.includes("=")) {
        const holder = word.text === "-c" && next !== undefined ? next : word;
        const equals = pair.indexOf("=");
        add(pair.slice(0, equals), pair.slice(equals + 1), holder);
      } else if (word.text === "-N" && next !== undefined) add("max_connections", next.text, next);
      else if (word.text === "-B" && next !== undefined) add("shared_buffers", next.text, next);
    } else {
      const pair = /^--([\w.-]+)(?:=(.*))?$/s.exec(word.text);
      if (pair === null) continue;
      const follows = next !== undefined && !next.text.startsWith("--") ? next : undefined;
      if (pair[2] !== undefined) add(pair[1] ?? "", pair[2], word);
      else if (follows !== undefined) add(pair[1] ?? "", follows.text, follows);
      else add(pair[1] ?? "", "", word);
    }
  }
  return settings;
}
