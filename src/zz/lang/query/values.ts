/** Words as leaves of the tree. */
import { type Comparison, group, type Network, type Pattern, type QueryNode, type Span } from './ast.ts';
import { Fault, type Word } from './scan.ts';

/** Text that occurs anywhere: stars at its ends say nothing. */
export function textNode(word: Word): QueryNode {
  const span = { start: word.start, end: word.end };
  return textOf(word.pattern.parts, span);
}

function textOf(all: readonly string[], span: Span): QueryNode {
  const parts = all.filter((part) => part !== '');
  return parts.length === 0 ? { kind: 'all', span } : { kind: 'text', pattern: { parts }, span };
}

/** The field is one of these. `*` asks for any value, `""` for none; `raw` is the record itself. */
export function isNode(field: string, words: readonly Word[], span: Span): QueryNode {
  if (field === 'raw') {
    const texts = words.map((word) => textOf(word.pattern.parts, { start: word.start, end: word.end }));
    return group('or', texts);
  }
  const any: (Pattern | Network)[] = [];
  const others: QueryNode[] = [];
  for (const word of words) {
    const { parts } = word.pattern;
    if (parts.every((part) => part === '')) {
      const exists: QueryNode = { kind: 'exists', field, span };
      others.push(parts.length > 1 ? exists : { kind: 'not', node: exists, span });
    } else any.push(networkOf(word) ?? word.pattern);
  }
  return group('or', any.length === 0 ? others : [{ kind: 'is', field, any, span }, ...others]);
}

/** An unquoted network; a text that only looks like one (`10.0.0.0/64`) is a fault and no silent nothing. */
function networkOf(word: Word): Network | null {
  const [text = ''] = word.pattern.parts;
  if (word.quoted || word.pattern.parts.length > 1) return null;
  if (!/^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)\/\d{1,3}$/i.test(text)) return null;
  const [base = '', length = ''] = text.split('/');
  const isV4 = !base.includes(':');
  const valid = isV4
    ? Number(length) <= 32 && base.split('.').every((octet) => Number(octet) <= 255 && !/^0\d/.test(octet))
    : Number(length) <= 128 && URL.canParse(`http://[${base}]/`);
  if (valid) return { network: text.toLowerCase() };
  throw new Fault(
    word.start,
    word.end,
    'This is no network.',
    'A network is ADDRESS/BITS, as 10.0.0.0/8 or fe80::/10; quote it to search for the text.',
  );
}

const decimal = /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d{1,3})?$/i;
const hexadecimal = /^0x[0-9a-f]{1,13}$/i;

/** A decimal number, or hexadecimal digits after `0x`; null for anything else. What an event holds is read so, too. */
export function numberOf(text: string): number | null {
  if (text.length > 40 || !(decimal.test(text) || hexadecimal.test(text))) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

export function compareNode(field: string, op: Comparison, word: Word, span: Span): QueryNode {
  const text = word.pattern.parts.join('*');
  const value = numberOf(text);
  if (value !== null) return { kind: 'compare', field, op, value, span };
  const isTime = /^\d{4}-\d\d/.test(text);
  throw new Fault(
    word.start,
    word.end,
    `${op} compares numbers.`,
    isTime ? 'The time range is set beside the query.' : `Write a number: ${field} ${op} 1024.`,
  );
}
