/** What the adapter asks of an engine: four calls that chDB in process and ClickHouse over HTTP both give. */

/** Values of `{name:Type}` placeholders; never part of the SQL text. */
export type Params = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;

/** Engine settings, written into the statement so that they end with it. */
export type Settings = Readonly<Record<string, string | number>>;

/** One connection, or a small pool of them. Calls beyond its width wait in order. */
export interface EngineClient {
  /** Runs a statement that gives no rows. */
  run(sql: string): Promise<void>;
  /**
   * Streams the answer as pieces of NDJSON text, each of whole lines. The next piece is asked for
   * only when the reader wants it; leaving the loop early frees the connection.
   */
  ndjson(sql: string, params?: Params): AsyncGenerator<string, void, void>;
  /** One INSERT of NDJSON rows; it is sent as one statement and answered when it is stored. */
  insert(table: string, rows: Uint8Array, settings: Settings): Promise<void>;
  /** Waits for what runs, refuses what comes. */
  close(): Promise<void>;
}

/**
 * Clients by kind of work, because an embedded connection runs one query at a time and a hunt that
 * nobody reads must not hold up a consumer, nor the KILL that ends it.
 */
export interface EngineClients {
  readonly writer: EngineClient;
  readonly reader: EngineClient;
  readonly hunter: EngineClient;
  readonly admin: EngineClient;
}

/** A failure told by the engine or on the way to it, before it is known what it means for the caller. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The engine's exception code; 0 when the engine did not answer. */
  readonly engineCode: number;
  /** `connection`: no answer, or not from the engine. `closed`: this client was closed. */
  readonly origin: 'engine' | 'connection' | 'closed';

  constructor(origin: EngineError['origin'], engineCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.origin = origin;
    this.engineCode = engineCode;
  }
}

/** The exception code in a message of the engine, `Code: 47. DB::Exception: …`; 0 without one. */
export function engineCodeIn(message: string): number {
  return Number(/\bCode: (\d+)\./.exec(message)?.[1] ?? 0);
}

/** Rows of an answer, piece by piece. `T` is what the statement selects. */
export async function* rowBlocks<T>(
  client: EngineClient,
  sql: string,
  params: Params = {},
): AsyncGenerator<readonly T[], void, void> {
  for await (const text of client.ndjson(sql, params)) {
    yield text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }
}

/** All rows of a small answer. */
export async function allRows<T>(client: EngineClient, sql: string, params: Params = {}): Promise<T[]> {
  const rows: T[] = [];
  for await (const block of rowBlocks<T>(client, sql, params)) {
    for (const row of block) rows.push(row);
  }
  return rows;
}

/** A SETTINGS clause. Names and values are ours, never a person's. */
export function settingsClause(settings: Settings): string {
  const parts = Object.entries(settings).map(([name, value]) => {
    if (typeof value === 'string' && !/^[\w.:-]*$/.test(value)) throw new Error(`unsafe setting ${name}`);
    return `${name} = ${typeof value === 'string' ? `'${value}'` : value}`;
  });
  return parts.length === 0 ? '' : ` SETTINGS ${parts.join(', ')}`;
}
