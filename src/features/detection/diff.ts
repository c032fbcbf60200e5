/** Differences of two texts by line, as unified diffs show them. */

interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

const context = 3;
/** The table of the comparison has lines × lines entries: a rule has a hundred, a hostile file may have more. */
const mostLines = 2_000;

/** Unified diff without file names; '' for equal texts. At most `length` characters. */
export function unifiedDiff(before: string, after: string, length = 20_000): string {
  if (before === after) return '';
  const [a, b] = [before.split('\n'), after.split('\n')];
  if (a.length > mostLines || b.length > mostLines)
    return `(${a.length} lines, now ${b.length}: too long to compare)`;
  const text = hunks(steps(a, b)).join('\n');
  return text.length > length ? `${text.slice(0, length)}\n…` : text;
}

/** By the longest common subsequence. */
function steps(a: readonly string[], b: readonly string[]): readonly Step[] {
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const all: Step[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      all.push({ sign: ' ', line: a[i] ?? '' });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      all.push({ sign: '-', line: a[i] ?? '' });
      i++;
    } else {
      all.push({ sign: '+', line: b[j] ?? '' });
      j++;
    }
  }
  return all;
}

function hunks(all: readonly Step[]): readonly string[] {
  const lines: string[] = [];
  let [before, after, shownTo] = [1, 1, -1];
  for (const [at, step] of all.entries()) {
    const near = all.slice(Math.max(0, at - context), at + context + 1).some(({ sign }) => sign !== ' ');
    if (near) {
      if (at > shownTo + 1 || lines.length === 0) lines.push(`@@ -${before} +${after} @@`);
      lines.push(`${step.sign}${step.line}`);
      shownTo = at;
    }
    if (step.sign !== '+') before += 1;
    if (step.sign !== '-') after += 1;
  }
  return lines;
}
