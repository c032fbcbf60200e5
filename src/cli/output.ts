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

/** Columns under headings, cut to the terminal's width; values from outside lose their control characters. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(inert));
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...clean.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const columns = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  return [line(headings), ...clean.map(line)]
    .map((text) => (text.length > columns ? `${text.slice(0, columns - 1)}…` : text))
    .join('\n');
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
