import { connect, type Socket } from "node:net";

/** A connection that speaks as much of PostgreSQL's protocol as counting needs. https://www.postgresql.org/docs/current/protocol-flow.html */
export class PostgresClient {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #rows: string[][] = [];
  #error: string | undefined;
  #waiting: { resolve: (rows: readonly (readonly string[])[]) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#read(data));
    socket.on("error", (error) => this.#fail(error.message));
    socket.on("close", () => this.#fail(this.#error ?? "the connection was closed"));
  }

  /** Connects without a password. */
  static async open(port: number, user: string, database: string): Promise<PostgresClient> {
    const client = new PostgresClient(connect(port, "127.0.0.1"));
    const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + parameters.length, 0);
    head.writeInt32BE(196_608, 4); // version 3.0
    await client.#send(Buffer.concat([head, parameters]));
    return client;
  }

  /** Runs one simple query and gives its rows as text. */
  async query(sql: string): Promise<readonly (readonly string[])[]> {
    const text = Buffer.from(`${sql}\0`);
    const head = Buffer.alloc(5);
    head.write("Q");
    head.writeInt32BE(4 + text.length, 1);
    return await this.#send(Buffer.concat([head, text]));
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(message: Buffer): Promise<readonly (readonly string[])[]> {
    return new Promise((resolve, reject) => {
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
    if (kind === "D") this.#rows.push(columnsOf(body));
    if (kind === "E") this.#error = /\0M([^\0]*)/.exec(`\0${body.toString()}`)?.[1];
    if (kind !== "Z") return;
    if (this.#error !== undefined) this.#fail(this.#error);
    this.#waiting?.resolve(this.#rows);
    this.#waiting = undefined;
  }
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
