// What names say about values: rules that look for passwords and the concealment of every report ask here.

/** Nobody calls a setting by more letters: of what is longer the end is looked at, where a name says what it is. */
const longestName = 128;
const end = (name: string): string => name.slice(-longestName);

const passwordName = /PASS(WORD|WD|PHRASE)?($|_)|_PWD$|REDISCLI_AUTH/i;
/** Names that say where a password is, or that there is none. */
const passwordReference = /_FILE$|_PATH$|_KEY$|_SECRET_NAME$|ALLOW_EMPTY|RANDOM_ROOT|_ENCRYPTION|_METHOD$|_LENGTH$/i;

/** Whether a variable of this name holds a password itself. */
export function isPasswordName(name: string): boolean {
  return passwordName.test(end(name)) && !passwordReference.test(end(name));
}

/** Slips of the finger too: `passwrod`, `pasword`. */
const secretName =
  /(pass(word|wd|phrase)?s?|pas{1,2}w[a-z]{1,5}|pwd|requirepass|masterauth|rediscli_auth|authorization|token|client[-_]?secret|radiussecrets|key[-_]secret|pass(word)?[-_]?hash|secret[-_]?(access[-_]?)?key|access[-_]?key|api[-_]?key|private[-_]?key|account[-_]?key)$/i;
const reference = /(names?|refs?|files?|paths?|methods?|encryption)$|allow[-_]?empty|random/i;

/** Whether the value of a setting, variable, key or option of this name is a secret: a password or what is as good as one. */
export function isSecretName(name: string): boolean {
  return isPasswordName(name) || (secretName.test(withoutNumber(end(name))) && !reference.test(end(name)));
}

/** `token2` is called `token`. */
function withoutNumber(name: string): string {
  let length = name.length;
  while (length > 0 && "0123456789".includes(name[length - 1] ?? "-")) length--;
  return name.slice(0, length);
}

/** Entries of a Secret that reports have to name: whom and what a password is for. */
const addressName =
  /(^|[._-])?(user|username|login|host|hostname|server|port|db|dbname|database|schema|namespace|name|type|engine|sslmode|bucket|region|endpoint)$/i;

/** Whether an entry of a Secret says where a password is for, and is no secret where a message names it. */
export function isAddressName(name: string): boolean {
  return name.length <= longestName && addressName.test(name) && !isSecretName(name);
}
