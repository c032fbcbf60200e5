/** Matches counted for the first look: by level, rule, host, user and technique. */
import type { Level } from '../lang/sigma/index.ts';
import { levels } from '../lang/sigma/index.ts';
import type { SigmaMatch } from './sigma-match.ts';

export interface TriageRow {
  readonly name: string;
  readonly matches: number;
}

export interface TriageRule extends TriageRow {
  readonly id: string;
  readonly level: Level;
  /** The licence of most public rules asks that the author is named wherever a match is shown. */
  readonly author: string;
}

export interface Triage {
  /** The most severe first; only those that occur. */
  readonly levels: readonly TriageRow[];
  /** The most severe first, then the most frequent. */
  readonly rules: readonly TriageRule[];
  readonly hosts: readonly TriageRow[];
  readonly users: readonly TriageRow[];
  /** ATT&CK tags as rules write them, `attack.t1059.001`. */
  readonly techniques: readonly TriageRow[];
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

const rankOf = (level: Level): number => levels.indexOf(level);

export class TriageCounts {
  readonly #levels = new Map<string, number>();
  readonly #rules = new Map<string, { -readonly [K in keyof TriageRule]: TriageRule[K] }>();
  readonly #hosts = new Map<string, number>();
  readonly #users = new Map<string, number>();
  readonly #techniques = new Map<string, number>();
  #firstAt: number | null = null;
  #lastAt: number | null = null;

  add({ rule, host, user, time }: SigmaMatch): void {
    count(this.#levels, rule.level);
    if (host !== '') count(this.#hosts, host.toLowerCase());
    if (user !== '') count(this.#users, user);
    for (const tag of rule.tags) if (/^attack\.t\d/i.test(tag)) count(this.#techniques, tag.toLowerCase());
    const known = this.#rules.get(rule.id);
    if (known !== undefined) known.matches += 1;
    else {
      const { id, title, level, author } = rule;
      this.#rules.set(id, { id, name: title, level, author, matches: 1 });
    }
    if (time === null) return;
    this.#firstAt = Math.min(this.#firstAt ?? time, time);
    this.#lastAt = Math.max(this.#lastAt ?? time, time);
  }

  triage(): Triage {
    return {
      levels: levels
        .toReversed()
        .flatMap((name) => (this.#levels.has(name) ? [{ name, matches: this.#levels.get(name) ?? 0 }] : [])),
      rules: [...this.#rules.values()].toSorted(
        (a, b) => rankOf(b.level) - rankOf(a.level) || b.matches - a.matches || (a.name < b.name ? -1 : 1),
      ),
      hosts: top(this.#hosts),
      users: top(this.#users),
      techniques: top(this.#techniques),
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
    };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function top(counts: ReadonlyMap<string, number>): readonly TriageRow[] {
  return [...counts]
    .map(([name, matches]) => ({ name, matches }))
    .toSorted((a, b) => b.matches - a.matches || (a.name < b.name ? -1 : 1));
}
