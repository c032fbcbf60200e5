/** Pieces of the report: cells and tables whose text is never markup, and how they look by day and by night. */

export const style = `
:root { color-scheme: light dark; font: 13px/1.5 ui-sans-serif, system-ui, sans-serif;
 --bg: #fff; --bg2: #f6f8fa; --line: #e2e7ec; --fg: #17202b; --fg2: #414d5b; --link: #0a6d66;
 --critical: #b8102f; --high: #b04600; --medium: #785a00; --low: #1c5cbd; --informational: #586473; }
@media (prefers-color-scheme: dark) { :root {
 --bg: #0b0e13; --bg2: #11151c; --line: #202833; --fg: #e3e8ee; --fg2: #b0bac6; --link: #5cd1c5;
 --critical: #ff6f7d; --high: #ff9f52; --medium: #e6ca5c; --low: #7db0ff; --informational: #98a4b3; } }
body { background: var(--bg); color: var(--fg); margin: 0; }
main { margin: 0 auto; max-width: 100rem; padding: 1.5rem 1.5rem 4rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
header p, .quiet { color: var(--fg2); margin: .2rem 0; }
a { color: var(--link); }
dl { display: grid; gap: .5rem; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); margin: 1rem 0; }
dl div { background: var(--bg2); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; }
dt { color: var(--fg2); font-size: .85rem; }
dd { font-size: 1.15rem; font-variant-numeric: tabular-nums; margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { color: var(--fg2); font-size: .85rem; font-weight: 500; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.n { font-variant-numeric: tabular-nums; text-align: right; width: 5rem; }
th.n { text-align: right; }
.chip { border: 1px solid var(--line); border-radius: 4px; display: inline-block; margin: 0 .25rem .25rem 0; padding: 0 .4rem; white-space: nowrap; }
td.tactic { font-weight: 600; white-space: nowrap; }
td.matched { min-width: 26rem; width: 50%; }
td.path { max-width: 14rem; }
.mono, .path, code { font: .92em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
td.mono { width: 1%; white-space: nowrap; }
td:has(> .level), td.tactic { width: 1%; }
.columns { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(28rem, 1fr)); }
.level { border: 1px solid currentColor; border-radius: 4px; font-size: .85rem; padding: 0 .4rem; white-space: nowrap; }
.level.critical { color: var(--critical); } .level.high { color: var(--high); } .level.medium { color: var(--medium); }
.level.low { color: var(--low); } .level.informational { color: var(--informational); }
.bar { display: flex; height: .9rem; margin-top: .25rem; min-width: 12rem; }
.bar i { min-width: 2px; }
.bar .critical { background: var(--critical); } .bar .high { background: var(--high); } .bar .medium { background: var(--medium); }
.bar .low { background: var(--low); } .bar .informational { background: var(--informational); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
.warning { border-left: 4px solid var(--high); padding: .25rem .75rem; }
@media print { details { break-inside: avoid; } }`;

/** Cell of a text, or of a number, which stands to the right. */
export function td(value: string | number, kind = typeof value === 'number' ? 'n' : ''): string {
  const text = typeof value === 'number' ? value.toLocaleString('en-US') : value;
  return `<td${kind === '' ? '' : ` class="${kind}"`}>${escape(text)}</td>`;
}

/** Cell of markup that is made here. `title`: told when it is pointed at. */
export function raw(markup: string, title = '', kind = ''): string {
  const attributes = `${title === '' ? '' : ` title="${escape(title)}"`}${kind === '' ? '' : ` class="${kind}"`}`;
  return `<td${attributes}>${markup}</td>`;
}

/** `cells`: of `td` and `raw`. */
export function tr(...cells: readonly string[]): string {
  return `<tr>${cells.join('')}</tr>`;
}

/** Headings of columns whose cells stand to the right. */
const numbers: ReadonlySet<string> = new Set(['Matches', 'Rules', 'Hosts', 'Number']);

/** `rows`: of `tr`. */
export function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads
    .map((text) => `<th scope="col"${numbers.has(text) ? ' class="n"' : ''}>${escape(text)}</th>`)
    .join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also control and bidirectional characters, which would show another text than there is. */
export function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
      if (character === '\n' || character === '\t') return character;
      const code = character.codePointAt(0) ?? 0;
      return `&lt;U+${code.toString(16).toUpperCase().padStart(4, '0')}&gt;`;
    });
}
