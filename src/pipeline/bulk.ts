/** The body of an Elasticsearch bulk request: a line that says what to do, then the document. */
import { AppError } from '../base/errors.ts';
import type { BulkAction } from '../model/intake.ts';
import type { Emit } from './cutter.ts';
import type { Framer } from './frame.ts';

const actions: readonly BulkAction[] = ['create', 'index'];
const newline = 0x0a;

/**
 * Hands the documents to the framer, and returns the action of each, in their order. Where to (`_index`), under which
 * id and through which pipeline is not looked at: a record belongs to the source whose token was sent.
 * Throws AppError E_BAD_REQUEST, with the line.
 */
export function cutBulk(body: Buffer, framer: Framer, emit: Emit): readonly BulkAction[] {
  const done: BulkAction[] = [];
  let waiting: BulkAction | null = null;
  for (let at = 0, line = 1; at < body.length; line += 1) {
    const found = body.indexOf(newline, at);
    const end = found === -1 ? body.length : found;
    const bytes = body.subarray(at, end);
    at = end + 1;
    const blank = bytes.every((byte) => byte === 0x20 || byte === 0x0d);
    if (waiting !== null) {
      if (blank) throw refused(line, `a document has to follow the line with "${waiting}"`);
      framer.record(bytes, emit);
      done.push(waiting);
      waiting = null;
    } else if (!blank) waiting = actionOf(bytes.toString('utf8'), line);
  }
  if (waiting !== null) throw refused(null, `the document after the last "${waiting}" is missing`);
  return done;
}

function actionOf(text: string, line: number): BulkAction {
  const wanted = 'a line such as {"create":{}} has to stand before each document';
  let names: string[];
  try {
    const parsed: unknown = JSON.parse(text);
    names = typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
  } catch (thrown) {
    throw refused(line, wanted, thrown);
  }
  const [name = '', ...more] = names;
  const action = actions.find((one) => one === name);
  if (action !== undefined && more.length === 0) return action;
  const unable = name === 'update' || name === 'delete';
  throw refused(line, unable ? `"${name}": records are only added here, never changed` : wanted);
}

function refused(line: number | null, reason: string, cause?: unknown): AppError {
  const where = line === null ? 'bulk request' : `bulk request, line ${line}`;
  return new AppError('E_BAD_REQUEST', `${where}: ${reason}; nothing of it was stored`, {}, cause);
}
