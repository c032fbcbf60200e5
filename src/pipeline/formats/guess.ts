/** What a file is by its first bytes, and why it is taken for that. Names of files say nothing reliable. */

export const formats = ['json', 'json-document', 'xml', 'evtx', 'zeek', 'text'] as const;
export type Format = (typeof formats)[number];

export interface Guess {
  readonly format: Format;
  /** For a person: `JSON lines`, `a JSON object with a list "Records"`. */
  readonly what: string;
  /** Member that holds the list of records, for `json-document`. */
  readonly wrapper: string | null;
}

/** Bytes at the beginning that a guess needs, where the file has so many. */
export const guessBytes = 16_384;

/**
 * Members by which products wrap their records: CloudTrail and other AWS logs, Azure diagnostic logs, Microsoft
 * Graph, AWS findings, CrowdStrike. Members before it are plain values.
 */
const wrapped =
  /^\{\s*(?:"[^"\\]{0,64}"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)\s*,\s*)*"(Records|records|value|Findings|findings|resources)"\s*:\s*\[\s*(?:\{|\]\s*\})/;

/** Looks at the decompressed beginning of a file. Text that is nothing else is lines of text. */
export function guessFormat(head: Buffer): Guess {
  if (head.toString('latin1', 0, 7) === 'ElfFile') return of('evtx', 'a Windows event log file (EVTX)');
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^(?:<\?xml|<Events?[\s>])/.test(text) && text.includes('<Event'))
    return of('xml', 'Windows events as XML');
  if (/^#(?:separator|fields)\b/.test(text)) return of('zeek', 'a Zeek log (TSV)');
  if (/^#(?:Software|Version|Date|Start-Date|Fields):/.test(text))
    return of('zeek', 'a W3C extended log (IIS)');
  if (/^\[\s*(?:\{|\]\s*$)/.test(text)) return of('json-document', 'a JSON list');
  return text.startsWith('{') ? guessObject(text) : of('text', 'lines of text');
}

/** A guess for a format that was asked for. */
export function forcedFormat(format: Format, head: Buffer): Guess {
  const guess = guessFormat(head);
  return guess.format === format ? guess : of(format, `read as ${format}, as asked for`);
}

function guessObject(text: string): Guess {
  const wrapper = wrapped.exec(text)?.[1];
  if (wrapper !== undefined)
    return { format: 'json-document', what: `a JSON object with a list "${wrapper}"`, wrapper };
  const newline = text.indexOf('\n');
  const line = (newline === -1 ? text : text.slice(0, newline)).trimEnd();
  // An object that goes on in the next line is not one a line.
  const goesOn = newline !== -1 && /[{[,]$/.test(line);
  return goesOn ? of('json-document', 'JSON objects over several lines') : of('json', 'JSON lines');
}

function of(format: Format, what: string): Guess {
  return { format, what, wrapper: null };
}
