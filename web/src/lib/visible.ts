/** Text from outside, made safe to read: what would be invisible or clickable is spelt out. */

/** A run of characters as it is shown. `mark`: stands for something invisible. `hit`: part of what matched. */
export interface Token {
  readonly text: string;
  readonly mark: boolean;
  readonly hit: boolean;
}

/** Half-open span of UTF-16 indices in the original value. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Edit extends Range {
  readonly text: string;
  readonly mark: boolean;
}

// C0 without line feed, DEL, C1, and what reorders or hides text: soft hyphen, bidi marks and overrides,
// zero-width characters, Hangul fillers, line separators, tags, lone surrogates.
const unseen =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- such characters are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;
const url = /\b([a-z][a-z0-9+.-]{1,15}):\/\/([^\s/?#"'<>|\\]{1,255})/gi;
const ipv4 = /(?<![\d.\w-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w.]*\d|\.\w)/g;

/** The value as tokens: defanged, its invisible characters named, the given ranges marked as hits. */
export function visible(value: string, hits: readonly Range[] = []): readonly Token[] {
  return edited(value, [...markEdits(value), ...defangEdits(value)], hits);
}

/** A text that has to be read exactly, as a rule is: nothing is defanged, its invisible characters are named. */
export function exact(text: string): readonly Token[] {
  return edited(text, markEdits(text), []);
}

function edited(value: string, unsorted: readonly Edit[], hits: readonly Range[]): readonly Token[] {
  const edits = unsorted.toSorted((a, b) => a.start - b.start);
  const tokens: Token[] = [];
  let at = 0;
  for (const edit of edits) {
    if (edit.start < at) continue;
    pushPlain(tokens, value, at, edit.start, hits);
    push(tokens, { text: edit.text, mark: edit.mark, hit: inHit(edit.start, hits) });
    at = edit.end;
  }
  pushPlain(tokens, value, at, value.length, hits);
  return tokens;
}

/** The value as one line of plain text, for titles and labels. */
export function visibleText(value: string): string {
  return visible(value)
    .map((token) => token.text)
    .join('');
}

function markEdits(value: string): Edit[] {
  return Array.from(value.matchAll(unseen), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: nameOf(match[0]),
    mark: true,
  }));
}

const controlNames = [
  'NUL',
  'SOH',
  'STX',
  'ETX',
  'EOT',
  'ENQ',
  'ACK',
  'BEL',
  'BS',
  'TAB',
  'LF',
  'VT',
  'FF',
  'CR',
  'SO',
  'SI',
  'DLE',
  'DC1',
  'DC2',
  'DC3',
  'DC4',
  'NAK',
  'SYN',
  'ETB',
  'CAN',
  'EM',
  'SUB',
  'ESC',
  'FS',
  'GS',
  'RS',
  'US',
];

/** ASCII's own names (the control pictures are in few fonts), else the code point. */
function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x7f) return 'DEL';
  const control = controlNames[code];
  if (control !== undefined) return control;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function defangEdits(value: string): Edit[] {
  const edits: Edit[] = [];
  for (const match of value.matchAll(url)) {
    const scheme = match[1] ?? '';
    const host = match[2] ?? '';
    if (/^https?$/i.test(scheme)) {
      edits.push({ start: match.index + 1, end: match.index + 3, text: 'xx', mark: false });
    }
    const hostStart = match.index + scheme.length + 3;
    for (const dot of host.matchAll(/\./g)) edits.push(dotEdit(hostStart + dot.index));
  }
  for (const match of value.matchAll(ipv4)) {
    const octets = match.slice(1, 5).map(Number);
    if (octets.some((octet) => octet > 255) || isInternal(octets)) continue;
    edits.push(dotEdit(match.index + match[0].lastIndexOf('.')));
  }
  // An address inside a URL is found twice.
  return [...new Map(edits.map((edit) => [edit.start, edit])).values()];
}

function dotEdit(start: number): Edit {
  return { start, end: start + 1, text: '[.]', mark: false };
}

/** RFC 1918, loopback, link-local, unspecified: nothing that a stray click could reach outside. */
function isInternal(octets: readonly number[]): boolean {
  const [a = 0, b = 0] = octets;
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254)
  );
}

function inHit(at: number, hits: readonly Range[]): boolean {
  return hits.some((hit) => hit.start <= at && at < hit.end);
}

function pushPlain(tokens: Token[], value: string, from: number, to: number, hits: readonly Range[]): void {
  const cuts = hits.flatMap((hit) => [hit.start, hit.end]).filter((cut) => cut > from && cut < to);
  const borders = [from, ...cuts.toSorted((a, b) => a - b), to];
  for (const [i, start] of borders.entries()) {
    const end = borders[i + 1] ?? start;
    if (end > start) push(tokens, { text: value.slice(start, end), mark: false, hit: inHit(start, hits) });
  }
}

function push(tokens: Token[], token: Token): void {
  const last = tokens.at(-1);
  if (last !== undefined && !last.mark && !token.mark && last.hit === token.hit) {
    tokens[tokens.length - 1] = { ...last, text: last.text + token.text };
  } else {
    tokens.push(token);
  }
}
