/** What a command prints: results on standard output, everything else on standard error. */

/** Exit codes, stable for scripts. */
export const exitCode = {
  ok: 0,
  /** Something that was asked for failed or was refused; the rest was done. */
  failed: 1,
  /** The command line or the configuration is wrong; nothing was done. */
  usage: 2,
  /** The service can't be reached, or the data directory is in use or unusable. */
  unavailable: 3,
  /** Interrupted by a signal; what was done is kept. */
  interrupted: 130,
} as const;

export interface Output {
  readonly json: boolean;
  /** A result: one JSON object a line with `--json`, else `text`. */
  result(value: Readonly<Record<string, unknown>>, text: () => string): void;
  /** For people, on standard error. */
  note(text: string): void;
  /** A line that is written over by the next; only on a terminal. */
  progress(text: string): void;
}

export function createOutput(json: boolean): Output {
  let open = false;
  const clear = (): void => {
    if (open) process.stderr.write('\r\u001b[K');
    open = false;
  };
  return {
    json,
    result(value, text) {
      clear();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text()}\n`);
    },
    note(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!process.stderr.isTTY) return;
      process.stderr.write(`\r\u001b[K${text}`);
      open = true;
    },
  };
}

/** A column whose cells are coloured on a terminal. */
export interface Painted {
  readonly column: number;
  readonly paint: (cell: string) => string;
}

/** Columns narrower than this are not made narrower for the terminal. */
const narrow = 12;

/**
 * Columns under headings, made to fit the terminal's width; values from outside lose their control characters.
 * `width`: of the terminal; none where the output goes elsewhere.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  painted?: Painted,
  width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
): string {
  const clean = rows.map((row) => row.map(inert));
  const natural = headings.map((heading, i) =>
    clean.reduce((most, row) => Math.max(most, (row[i] ?? '').length), heading.length),
  );
  const widths = fitted(natural, width - 2 * (headings.length - 1));
  const line = (cells: readonly string[], paint?: Painted): string =>
    cells
      .map((cell, i) => {
        const text = cut(cell, widths[i] ?? 0).padEnd(widths[i] ?? 0);
        return paint?.column === i ? text.replace(cell, paint.paint) : text;
      })
      .join('  ')
      .trimEnd();
  return [line(headings), ...clean.map((row) => line(row, painted))]
    .map((text) => (painted === undefined ? cut(text, width) : text))
    .join('\n');
}

/** The widest columns give way first; the first one stays, rows are told apart by it. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  for (let over = widths.reduce((a, b) => a + b, 0) - width; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths.slice(1)), 1);
    if ((widths[widest] ?? 0) <= narrow) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
}

/** Text from outside, safe on a terminal: control and bidirectional characters become visible. */
export function inert(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20
      ? String.fromCodePoint(0x2400 + code)
      : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
