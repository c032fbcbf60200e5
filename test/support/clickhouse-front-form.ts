/** Where a request of ClickHouse's HTTP interface keeps its statement, its parameters and its data. */

export interface Fields {
  readonly query: string;
  /** Values as chDB's binding takes them: it escapes them again on their way into the engine. */
  readonly params: Record<string, string | string[]>;
  /** What follows the statement: rows of an INSERT. */
  readonly data: Buffer;
  readonly multipart: boolean;
}

/** Statement in the URL and data in the body, or the statement in the body, or both as parts of a form. */
export function fieldsOf(url: URLSearchParams, contentType: string | undefined, body: Buffer): Fields {
  const boundary = /^multipart\/form-data;\s*boundary=(.+)$/i.exec(contentType ?? '')?.[1];
  const form = boundary === undefined ? new Map<string, string>() : parts(body, boundary);
  const query = form.get('query') ?? url.get('query') ?? body.toString('utf8');
  const params: Fields['params'] = {};
  for (const [name, value] of [...url, ...form]) {
    if (!name.startsWith('param_')) continue;
    const key = name.slice('param_'.length);
    params[key] = query.includes(`{${key}:Array(String)}`) ? arrayOf(value) : unescaped(value);
  }
  const data = url.has('query') && boundary === undefined ? body : Buffer.alloc(0);
  return { query, params, data, multipart: boundary !== undefined };
}

function parts(body: Buffer, boundary: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of body.toString('utf8').split(`--${boundary}`)) {
    const name = /name="([^"]*)"/.exec(part)?.[1];
    const start = part.indexOf('\r\n\r\n');
    if (name !== undefined && start !== -1) found.set(name, part.slice(start + 4, -2));
  }
  return found;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' };

/** Undoes the escaping in which a parameter travels. */
function unescaped(value: string): string {
  return value.replace(/\\(.)/gs, (_, after: string) => escapes[after] ?? after);
}

/** The texts of an array literal, `['a','it\\'s']`. */
function arrayOf(value: string): string[] {
  return [...value.matchAll(/'((?:\\.|[^'\\])*)'/gs)].map((found) => unescaped(found[1] ?? ''));
}
