import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { BSON } from 'mongodb';
import { at, CommandFailed, compare, ScriptedDatabase, type Transaction } from './scripted-database.js';

type Document = BSON.Document;

/** What goes wrong with one command. */
export type Fault =
  /** The connection breaks before the command is carried out, or after it, before the answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** Refused as a whole: nothing is carried out. */
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly name: string;
      readonly labels?: readonly string[];
    }
  /** Carried out, and answered so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Of the operations of one command, those before `index` are carried out, and that one and the rest are not. */
  | { readonly kind: 'partial'; readonly index: number; readonly code: number };

interface Scripted {
  readonly command: string;
  /** So many commands of that name pass first. */
  skip: number;
  /** So many meet the fault. */
  times: number;
  readonly fault: Fault;
}

interface ServerSession {
  transaction: Transaction | null;
  /** The answer to the last retryable write, given again when it is repeated. */
  retryable: { readonly number: bigint; readonly answer: Document } | null;
}

export interface ScriptedOptions {
  /** An open transaction is aborted after so long; default 60,000, as a server has it. */
  readonly transactionLifetimeMs?: number;
  /** It poses as a server that belongs to no replica set. */
  readonly standalone?: boolean;
  /** Default 21 (7.0). */
  readonly wireVersion?: number;
}

const maxDocumentBytes = 16 * 2 ** 20;
const replicaSet = 'scripted';

/**
 * A replica set of one, spoken to over MongoDB's wire protocol (OP_MSG on TCP, and OP_QUERY for the first hello): transactions
 * with snapshot isolation and write conflicts, retryable writes, cursors, and faults on request. Data outlive `down()`. It is a
 * means to meet faults, not a database: it knows the commands and operators that the read store uses and refuses others.
 */
export class ScriptedMongodb {
  /** Names of the commands that were received, in order, without hello, ping and endSessions. */
  readonly received: string[] = [];
  private readonly databases = new Map<string, ScriptedDatabase>();
  private readonly sessions = new Map<string, ServerSession>();
  private readonly cursors = new Map<bigint, Document[]>();
  private readonly sockets = new Set<Socket>();
  private readonly script: Scripted[] = [];
  private server: Server | null = null;
  private port = 0;
  private cursorId = 0n;

  private constructor(private readonly options: ScriptedOptions) {}

  static async start(options: ScriptedOptions = {}): Promise<ScriptedMongodb> {
    const scripted = new ScriptedMongodb(options);
    await scripted.up();
    return scripted;
  }

  urlOf(database: string): string {
    const set = this.options.standalone === true ? 'directConnection=true' : `replicaSet=${replicaSet}`;
    return `mongodb://127.0.0.1:${this.port}/${database}?${set}`;
  }

  /** The next command of that name, or the one after `skip`, meets the fault; `times` of them. */
  next(command: string, fault: Fault, { skip = 0, times = 1 } = {}): void {
    this.script.push({ command, fault, skip, times });
  }

  /** Faults that were asked for and have not come to pass. */
  get pending(): number {
    return this.script.length;
  }

  async up(): Promise<void> {
    this.server = createServer((socket) => {
      this.serve(socket);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Breaks every connection and takes no new one; open transactions are lost, what was committed is kept. */
  async down(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    for (const { transaction } of this.sessions.values())
      if (transaction?.state === 'open')
        for (const database of this.databases.values()) database.abort(transaction);
    this.sessions.clear();
    this.cursors.clear();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    let rest: Buffer = Buffer.alloc(0);
    let turn = Promise.resolve();
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0));
        rest = rest.subarray(message.length);
        turn = turn.then(() => this.answer(socket, message)).catch(() => void socket.destroy());
      }
    });
  }

  private async answer(socket: Socket, message: Buffer): Promise<void> {
    const { command, oversize } = parse(message);
    const name = Object.keys(command)[0]!;
    const fault = this.faultOf(name);
    if (!['hello', 'isMaster', 'ismaster', 'ping', 'endSessions'].includes(name)) this.received.push(name);
    if (fault?.kind === 'drop' && fault.when === 'before') {
      socket.destroy();
      return;
    }
    const answer = await this.outcome(name, command, fault, oversize);
    if (fault?.kind === 'drop') {
      socket.destroy();
      return;
    }
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (socket.writable) socket.write(frame(message, answer));
  }

  private faultOf(name: string): Fault | null {
    for (const [i, scripted] of this.script.entries()) {
      if (scripted.command !== name) continue;
      if (scripted.skip-- > 0) return null;
      if (--scripted.times === 0) this.script.splice(i, 1);
      return scripted.fault;
    }
    return null;
  }

  private async outcome(
    name: string,
    command: Document,
    fault: Fault | null,
    oversize: boolean,
  ): Promise<Document> {
    try {
      if (fault?.kind === 'error') {
        const transaction = this.transactionOf(command);
        if (fault.labels?.includes('TransientTransactionError') === true && transaction !== null)
          this.database(command).abort(transaction);
        throw new CommandFailed(fault.code, fault.name, `scripted: ${fault.name}`, fault.labels);
      }
      if (oversize) throw new CommandFailed(10334, 'BSONObjectTooLarge', 'object to insert too large');
      return { ok: 1, ...(await this.execute(name, command, fault)) };
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      const { code, codeName, message, labels } = error;
      return {
        ok: 0,
        code,
        codeName,
        errmsg: message,
        ...(labels.length > 0 && { errorLabels: labels }),
      };
    }
  }

  private async execute(name: string, command: Document, fault: Fault | null): Promise<Document> {
    switch (name) {
      case 'hello':
      case 'isMaster':
      case 'ismaster':
        return this.hello();
      case 'ping':
      case 'endSessions':
      case 'createIndexes':
      case 'create':
        return {};
      case 'drop':
        if (!this.database(command).drop(String(command['drop'])))
          throw new CommandFailed(26, 'NamespaceNotFound', 'ns not found');
        return {};
      case 'find':
        return this.find(command);
      case 'getMore':
        return this.page(command, command['getMore'] as bigint, String(command['collection']));
      case 'killCursors':
        for (const id of command['cursors'] as bigint[]) this.cursors.delete(id);
        return {};
      case 'insert':
      case 'update':
      case 'delete':
        return this.write(name, command, fault);
      case 'commitTransaction':
      case 'abortTransaction':
        return this.end(name, command);
      case 'killSessions':
        for (const { id } of command['killSessions'] as { id: BSON.Binary }[]) this.kill(id);
        return {};
      default:
        throw new CommandFailed(59, 'CommandNotFound', `no such command: '${name}'`);
    }
  }

  private hello(): Document {
    const me = `127.0.0.1:${this.port}`;
    return {
      helloOk: true,
      ismaster: true,
      isWritablePrimary: true,
      secondary: false,
      ...(this.options.standalone !== true && {
        setName: replicaSet,
        setVersion: 1,
        hosts: [me],
        primary: me,
        me,
      }),
      maxBsonObjectSize: maxDocumentBytes,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: this.options.wireVersion ?? 21,
      readOnly: false,
    };
  }

  private find(command: Document): Document {
    const name = String(command['find']);
    const {
      filter = {},
      sort,
      limit = 0,
      projection,
    } = command as {
      filter?: Document;
      sort?: Record<string, number>;
      limit?: number;
      projection?: Document;
    };
    let found = this.database(command).find(name, filter, this.transactionOf(command));
    const [order] = Object.entries(sort ?? {});
    if (order !== undefined) {
      const [path, sign] = order;
      found.sort((a, b) => sign * compare(at(a, path), at(b, path)));
    }
    if (limit > 0) found = found.slice(0, limit);
    if (projection !== undefined)
      found = found.map((document) =>
        Object.fromEntries(Object.entries(document).filter(([key]) => key === '_id' || key in projection)),
      );
    const id = ++this.cursorId;
    this.cursors.set(id, found);
    return this.page(command, id, name, 'firstBatch');
  }

  /** At most 101 documents and 16 MB at a time, as a server does it. */
  private page(command: Document, id: bigint, name: string, batch = 'nextBatch'): Document {
    const rest = this.cursors.get(id);
    if (rest === undefined) throw new CommandFailed(43, 'CursorNotFound', `cursor id ${id} not found`);
    const page: Document[] = [];
    let bytes = 0;
    const most = Number(command['batchSize'] ?? (batch === 'firstBatch' ? 101 : Infinity));
    while (rest.length > page.length && page.length < most) {
      bytes += BSON.calculateObjectSize(rest[page.length]!);
      if (bytes > maxDocumentBytes && page.length > 0) break;
      page.push(rest[page.length]!);
    }
    const left = rest.slice(page.length);
    if (left.length === 0) this.cursors.delete(id);
    else this.cursors.set(id, left);
    const ns = `${String(command['$db'])}.${name}`;
    return { cursor: { id: left.length === 0 ? 0n : id, ns, [batch]: page } };
  }

  private async write(name: string, command: Document, fault: Fault | null): Promise<Document> {
    const transaction = this.transactionOf(command);
    const session = this.sessionOf(command);
    const number = transaction === null ? (command['txnNumber'] as bigint | undefined) : undefined;
    if (number !== undefined && session?.retryable?.number === number) return session.retryable.answer;
    const answer = await this.apply(name, command, transaction, fault?.kind === 'partial' ? fault : null);
    if (number !== undefined && session !== null) session.retryable = { number, answer };
    return answer;
  }

  private async apply(
    name: string,
    command: Document,
    transaction: Transaction | null,
    partial: Extract<Fault, { kind: 'partial' }> | null,
  ): Promise<Document> {
    const database = this.database(command);
    const collection = String(command[name]);
    const operations = command[
      { insert: 'documents', update: 'updates', delete: 'deletes' }[name]!
    ] as Document[];
    const upserted: Document[] = [];
    const answer = { n: 0 } as { n: number; nModified?: number };
    const failed = (index: number, code: number, errmsg: string): Document => {
      // An error ends a transaction, whatever it was.
      if (transaction !== null) {
        database.abort(transaction);
        if (code === 11_000) throw new CommandFailed(code, 'DuplicateKey', errmsg);
      }
      return { ...answer, writeErrors: [{ index, code, errmsg }] };
    };
    for (const [index, operation] of operations.entries()) {
      if (partial?.index === index) return failed(index, partial.code, `scripted at ${index}`);
      if (name === 'insert') {
        const id = String(operation['_id']);
        if (database.find(collection, { _id: { $in: [id] } }, transaction).length > 0)
          return failed(index, 11_000, `E11000 duplicate key error collection: ${collection}`);
        await database.put(collection, id, operation, transaction);
        answer.n += 1;
        continue;
      }
      const filter = operation['q'] as Document;
      const own = typeof filter['_id'] === 'string' ? { ...filter, _id: { $in: [filter['_id']] } } : filter;
      const found = database.find(collection, own, transaction);
      if (name === 'delete')
        for (const { _id } of operation['limit'] === 1 ? found.slice(0, 1) : found) {
          await database.put(collection, String(_id), null, transaction);
          answer.n += 1;
        }
      else if (found.length > 0) {
        const id = String(found[0]!['_id']);
        await database.put(collection, id, { _id: id, ...(operation['u'] as Document) }, transaction);
        answer.n += 1;
        answer.nModified = (answer.nModified ?? 0) + 1;
      } else if (operation['upsert'] === true) {
        const id = String(filter['_id']);
        await database.put(collection, id, { _id: id, ...(operation['u'] as Document) }, transaction);
        answer.n += 1;
        upserted.push({ index, _id: id });
      }
    }
    if (name === 'update') answer.nModified ??= 0;
    return { ...answer, ...(upserted.length > 0 && { upserted }) };
  }

  private kill(id: BSON.Binary): void {
    const transaction = this.sessions.get(id.toString('hex'))?.transaction ?? null;
    const database = [...this.databases.values()].find((one) => one.holds(transaction));
    if (transaction !== null) database?.abort(transaction);
  }

  private end(name: string, command: Document): Document {
    const transaction = this.sessionOf(command)?.transaction ?? null;
    const database = [...this.databases.values()].find((one) => one.holds(transaction));
    if (transaction?.number !== (command['txnNumber'] as bigint) || transaction.state === 'aborted')
      throw noSuchTransaction();
    if (name === 'abortTransaction') database?.abort(transaction);
    else if (transaction.state === 'open') {
      if (database === undefined) throw noSuchTransaction();
      database.commit(transaction);
    }
    return {};
  }

  /** The transaction that the command belongs to, begun where it says so; a newer one of a session ends the older. */
  private transactionOf(command: Document): Transaction | null {
    if (command['autocommit'] !== false) return null;
    const session = this.sessionOf(command)!;
    const number = command['txnNumber'] as bigint;
    const database = this.database(command);
    database.expire();
    if (command['startTransaction'] === true) {
      if (session.transaction?.state === 'open') database.abort(session.transaction);
      session.transaction = database.begin(number);
    }
    if (session.transaction?.number !== number || session.transaction.state !== 'open')
      throw noSuchTransaction();
    return session.transaction;
  }

  private sessionOf(command: Document): ServerSession | null {
    const { lsid } = command as { lsid?: { id: BSON.Binary } };
    if (lsid === undefined) return null;
    const id = lsid.id.toString('hex');
    let session = this.sessions.get(id);
    if (session === undefined) this.sessions.set(id, (session = { transaction: null, retryable: null }));
    return session;
  }

  private database(command: Document): ScriptedDatabase {
    const name = String(command['$db']);
    let database = this.databases.get(name);
    if (database === undefined)
      this.databases.set(
        name,
        (database = new ScriptedDatabase(this.options.transactionLifetimeMs ?? 60_000)),
      );
    return database;
  }
}

function noSuchTransaction(): CommandFailed {
  return new CommandFailed(251, 'NoSuchTransaction', 'Transaction has been aborted', [
    'TransientTransactionError',
  ]);
}

const deserialized = (bytes: Buffer): Document => BSON.deserialize(bytes, { useBigInt64: true });

/** OP_MSG with its document sequences folded into the command, or the OP_QUERY of a first hello. */
function parse(message: Buffer): { readonly command: Document; readonly oversize: boolean } {
  if (message.readInt32LE(12) === 2004) {
    const start = message.indexOf(0, 20) + 1 + 8;
    return {
      command: deserialized(message.subarray(start, start + message.readInt32LE(start))),
      oversize: false,
    };
  }
  const command: Document = {};
  let oversize = false;
  const end = message.length - ((message.readUInt32LE(16) & 1) === 1 ? 4 : 0);
  for (let place = 20; place < end;) {
    const kind = message[place++];
    const bytes = message.readInt32LE(place);
    const section = message.subarray(place, place + bytes);
    place += bytes;
    if (kind === 0) {
      Object.assign(command, deserialized(section));
      continue;
    }
    const nameEnd = section.indexOf(0, 4);
    const documents: Document[] = [];
    for (let start = nameEnd + 1; start < bytes;) {
      const length = section.readInt32LE(start);
      oversize ||= length > maxDocumentBytes + 16 * 2 ** 10;
      documents.push(deserialized(section.subarray(start, start + length)));
      start += length;
    }
    command[section.toString('utf8', 4, nameEnd)] = documents;
  }
  return { command, oversize };
}

/** The answer in the form of the question. */
function frame(question: Buffer, answer: Document): Buffer {
  const body = BSON.serialize(answer, { ignoreUndefined: true });
  const query = question.readInt32LE(12) === 2004;
  const head = Buffer.alloc(query ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(randomBytes(4).readInt32LE(0) & 0x7fffffff, 4);
  head.writeInt32LE(question.readInt32LE(4), 8);
  head.writeInt32LE(query ? 1 : 2013, 12);
  if (query) head.writeInt32LE(1, 32);
  return Buffer.concat([head, body]);
}
