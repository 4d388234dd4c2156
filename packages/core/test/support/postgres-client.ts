import { connect, type Socket } from "node:net";

/** A connection that speaks as much of PostgreSQL's protocol as counting needs. https://www.postgresql.org/docs/current/protocol-flow.html */
export class PostgresClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #rows: string[][] = [];
  #error: string | undefined;
  /** Channels of the notifications that came. */
  readonly notified: string[] = [];
  #waiting: { resolve: (rows: readonly (readonly string[])[]) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#read(data));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail(this.#error ?? "the connection was closed"));
  }

  /** Connects without a password; `more` are further startup parameters. */
  static async open(
    port: number,
    user: string,
    database: string,
    more: Readonly<Record<string, string>> = {},
    address = "127.0.0.1",
  ): Promise<PostgresClient> {
    const client = new PostgresClient(connect(port, address));
    const pairs = Object.entries({ user, database, ...more }).map(([name, value]) => `${name}\0${value}\0`);
    const parameters = Buffer.from(`${pairs.join("")}\0`);
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + parameters.length, 0);
    head.writeInt32BE(196_608, 4); // version 3.0
    await client.#send(Buffer.concat([head, parameters]));
    return client;
  }

  /** Runs one simple query and gives its rows as text. */
  async query(sql: string): Promise<readonly (readonly string[])[]> {
    return await this.#send(message("Q", `${sql}\0`));
  }

  /** Prepares a statement by name, as drivers do (Parse, Sync). */
  async prepare(name: string, sql: string): Promise<void> {
    await this.#send(Buffer.concat([message("P", `${name}\0${sql}\0\0\0`), message("S", "")]));
  }

  /** Runs a prepared statement without parameters (Bind, Execute, Sync). */
  async execute(name: string): Promise<readonly (readonly string[])[]> {
    const bind = message("B", `\0${name}\0\0\0\0\0\0\0`);
    return await this.#send(Buffer.concat([bind, message("E", "\0\0\0\0\0"), message("S", "")]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(message: Buffer): Promise<readonly (readonly string[])[]> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readableEnded || this.#socket.destroyed) {
        reject(new Error(this.#error ?? "the connection was closed"));
        return;
      }
      this.#rows = [];
      this.#error = undefined;
      this.#waiting = { resolve, reject };
      this.#socket.write(message);
    });
  }

  #fail(message: string): void {
    this.#waiting?.reject(new Error(message));
    this.#waiting = undefined;
  }

  #read(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    while (this.#received.length >= 5) {
      const length = this.#received.readInt32BE(1) + 1;
      if (this.#received.length < length) return;
      const body = this.#received.subarray(5, length);
      this.#take(String.fromCharCode(this.#received[0] ?? 0), body);
      this.#received = this.#received.subarray(length);
    }
  }

  #take(kind: string, body: Buffer): void {
    if (kind === "A") this.notified.push(body.toString("utf8", 4).split("\0")[0] ?? "");
    if (kind === "D") this.#rows.push(columnsOf(body));
    if (kind === "E") this.#error = /\0M([^\0]*)/.exec(`\0${body.toString()}`)?.[1];
    if (kind !== "Z") return;
    if (this.#error !== undefined) this.#fail(this.#error);
    this.#waiting?.resolve(this.#rows);
    this.#waiting = undefined;
  }
}

/** A message of a type with this text; strings in it end with a zero byte. */
function message(type: string, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function columnsOf(body: Buffer): string[] {
  const columns: string[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    columns.push(length < 0 ? "" : body.toString("utf8", at + 4, at + 4 + length));
    at += 4 + Math.max(0, length);
  }
  return columns;
}
