/** What a query looks like by mistake: refused with a way out, since it would search for something else. */
import { Fault, type Word } from './scan.ts';

/** The name that a word gives a field. */
export function fieldName(word: Word): string {
  const { parts } = word.pattern;
  const [name = ''] = parts;
  if (parts.length > 1) {
    throw new Fault(
      word.start,
      word.end,
      "A field's name can't have a wildcard.",
      'Name the field, or search the whole record: "text".',
    );
  }
  if (name.trim() === '')
    throw new Fault(word.start, word.end, 'The field has no name.', 'Write FIELD: VALUE.');
  return name;
}

/** `C:\Windows` and `https://…` look like a field. */
export function refuseDrive(name: Word, value: Word): void {
  if (name.quoted || value.start !== name.end + 1) return;
  const isDrive = /^[a-z]$/i.test(name.written) && value.written.startsWith('\\');
  const isUrl = /^(?:https?|ftp|file)$/i.test(name.written) && value.written.startsWith('//');
  if (!isDrive && !isUrl) return;
  const what = isDrive ? 'path' : 'URL';
  throw new Fault(name.start, value.end, `Here a ${what} reads like a field.`, `Put the ${what} in quotes.`);
}

/** Habits from other languages, which would otherwise search for their own signs. */
export function refuseForeign(word: Word, text: string): void {
  if (word.quoted) return;
  const { written, start, end } = word;
  const fault = (message: string, hint: string) => new Fault(start, end, message, hint);
  const lower = written.toLowerCase();
  if (['and', 'or', 'not'].includes(lower))
    throw fault('A condition is expected here.', `To search for the word, quote it: "${lower}".`);
  if (written === '&&' || written === '&') throw fault('This is no operator.', 'Write and.');
  if (written === '||') throw fault('This is no operator.', 'Write or.');
  if (written.startsWith('|'))
    throw fault(
      'There are no pipes here.',
      'A query only selects events; the list and the fields beside it count them.',
    );
  if (written.startsWith('!')) throw fault('This is no operator.', 'Write not, as in: not host: web-1.');
  const equals = written.indexOf('=');
  if (equals !== -1 && !written.slice(0, equals).includes('\\')) {
    const before = /(\S+)\s*$/.exec(text.slice(0, start))?.[1] ?? 'FIELD';
    const field = equals === 0 ? before : written.slice(0, equals).replace(/!$/, '');
    const negated = written.slice(0, equals).endsWith('!');
    throw fault(
      'Fields are compared with a colon.',
      `Write ${negated ? 'not ' : ''}${field}: VALUE; put text with = in quotes.`,
    );
  }
}
