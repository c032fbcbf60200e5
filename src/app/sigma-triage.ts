/** Matches counted for the first look: by level, rule, host, user, technique and day. */
import { attackTags, tactics } from '../api/contract/attack.ts';
import { utcDay } from '../base/clock.ts';
import { type Level, levels } from '../lang/sigma/index.ts';
import type { SigmaMatch } from './sigma-match-types.ts';

export interface TriageRow {
  readonly name: string;
  readonly matches: number;
}

export interface TriageLevel extends TriageRow {
  readonly name: Level;
  /** Different rules. */
  readonly rules: number;
}

/** A host, user or technique. */
export interface TriageThing extends TriageRow {
  readonly rules: number;
  /** The highest level of a match. */
  readonly level: Level;
}

export interface TriageRule extends TriageRow {
  readonly id: string;
  readonly level: Level;
  /** The licence of most public rules asks that the author is named wherever a match is shown. */
  readonly author: string;
  readonly hosts: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** As the rules' tags say it: a rule with several tactics counts under each of them. */
export interface TriageTechnique extends TriageThing {
  /** `Credential access`; empty where the rules name none. */
  readonly tactic: string;
}

export interface TriageTactic extends TriageThing {
  /** The most frequent first. */
  readonly techniques: readonly TriageRow[];
}

export interface TriageDay {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly matches: number;
  readonly levels: Readonly<Partial<Record<Level, number>>>;
}

export interface Triage {
  /** The most severe first; only those that occur. */
  readonly levels: readonly TriageLevel[];
  /** The most severe first, then the most frequent. */
  readonly rules: readonly TriageRule[];
  readonly hosts: readonly TriageThing[];
  readonly users: readonly TriageThing[];
  /** ATT&CK tags as rules write them, `attack.t1059.001`. */
  readonly techniques: readonly TriageRow[];
  /** In the order of tactics, then the most frequent. */
  readonly attack: readonly TriageTechnique[];
  /** In their order; the one without a name, of rules that name none, last. */
  readonly tactics: readonly TriageTactic[];
  /** Days with a match, in their order. */
  readonly days: readonly TriageDay[];
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

interface Thing {
  matches: number;
  readonly rules: Set<string>;
  rank: number;
}

interface Span {
  firstAt: number | null;
  lastAt: number | null;
}

interface RuleCount extends Thing, Span {
  readonly rule: SigmaMatch['rule'];
  readonly hosts: Set<string>;
}

/** Names of one kind that are counted; a guessing of user names has more, and one more of them says nothing. */
const maxNames = 50_000;

const rankOf = (level: Level): number => levels.indexOf(level);

export class TriageCounts {
  readonly #rules = new Map<string, RuleCount>();
  readonly #hosts = new Map<string, Thing>();
  readonly #users = new Map<string, Thing>();
  readonly #days = new Map<string, Map<Level, number>>();
  readonly #span: Span = { firstAt: null, lastAt: null };

  add({ rule, host, user, time }: SigmaMatch): void {
    const name = host.toLowerCase();
    const counted = this.#count(rule);
    if (name !== '') {
      count(this.#hosts, name, rule);
      if (counted.hosts.size < maxNames) counted.hosts.add(name);
    }
    if (user !== '') count(this.#users, user, rule);
    if (time === null) return;
    extend(this.#span, time);
    extend(counted, time);
    const day = utcDay(time);
    const ofDay = this.#days.get(day) ?? new Map<Level, number>();
    this.#days.set(day, ofDay.set(rule.level, (ofDay.get(rule.level) ?? 0) + 1));
  }

  triage(): Triage {
    const rules = [...this.#rules.values()];
    return {
      levels: levels.toReversed().flatMap((name) => {
        const own = rules.filter(({ rule }) => rule.level === name);
        return own.length === 0 ? [] : [{ name, matches: sum(own), rules: own.length }];
      }),
      rules: rules
        .map(
          ({ rule: { id, title, level, author }, matches, hosts, firstAt, lastAt }): TriageRule => ({
            id,
            name: title,
            level,
            author,
            matches,
            hosts: hosts.size,
            firstAt,
            lastAt,
          }),
        )
        .toSorted(
          (a, b) => rankOf(b.level) - rankOf(a.level) || b.matches - a.matches || (a.name < b.name ? -1 : 1),
        ),
      hosts: top(this.#hosts),
      users: top(this.#users),
      techniques: techniquesOf(rules),
      ...attackOf(rules),
      days: [...this.#days]
        .map(([day, byLevel]) => ({
          day,
          matches: [...byLevel.values()].reduce((total, n) => total + n, 0),
          levels: Object.fromEntries(byLevel),
        }))
        .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      ...this.#span,
    };
  }

  #count(rule: SigmaMatch['rule']): RuleCount {
    const known = this.#rules.get(rule.id) ?? {
      rule,
      matches: 0,
      rules: new Set(),
      rank: rankOf(rule.level),
      hosts: new Set(),
      firstAt: null,
      lastAt: null,
    };
    known.matches += 1;
    this.#rules.set(rule.id, known);
    return known;
  }
}

function extend(span: Span, time: number): void {
  span.firstAt = Math.min(span.firstAt ?? time, time);
  span.lastAt = Math.max(span.lastAt ?? time, time);
}

function count(things: Map<string, Thing>, name: string, { id, level }: SigmaMatch['rule'], by = 1): void {
  const known = things.get(name);
  if (known === undefined && things.size >= maxNames) return;
  const thing = known ?? { matches: 0, rules: new Set(), rank: 0 };
  thing.matches += by;
  thing.rules.add(id);
  thing.rank = Math.max(thing.rank, rankOf(level));
  if (known === undefined) things.set(name, thing);
}

function sum(rules: readonly RuleCount[]): number {
  return rules.reduce((total, { matches }) => total + matches, 0);
}

function thingOf(name: string, { matches, rules, rank }: Thing): TriageThing {
  return { name, matches, rules: rules.size, level: levels[rank] ?? 'informational' };
}

function top(things: ReadonlyMap<string, Thing>): readonly TriageThing[] {
  return [...things].map(([name, thing]) => thingOf(name, thing)).toSorted(mostFrequent);
}

function mostFrequent(a: TriageRow, b: TriageRow): number {
  return b.matches - a.matches || (a.name < b.name ? -1 : 1);
}

function techniquesOf(rules: readonly RuleCount[]): readonly TriageRow[] {
  const counts = new Map<string, Thing>();
  for (const { rule, matches } of rules) {
    for (const tag of new Set(rule.tags.map((one) => one.toLowerCase())))
      if (/^attack\.t\d/.test(tag)) count(counts, tag, rule, matches);
  }
  return top(counts).map(({ name, matches }) => ({ name, matches }));
}

function attackOf(rules: readonly RuleCount[]): Pick<Triage, 'attack' | 'tactics'> {
  const byTactic = new Map<string, Thing>();
  const techniques = new Map<string, Map<string, Thing>>();
  for (const { rule, matches } of rules) {
    const tags = attackTags(rule.tags);
    if (tags.tactics.length === 0 && tags.techniques.length === 0) continue;
    for (const tactic of tags.tactics.length === 0 ? [''] : new Set(tags.tactics)) {
      count(byTactic, tactic, rule, matches);
      const ofTactic = techniques.get(tactic) ?? new Map<string, Thing>();
      techniques.set(tactic, ofTactic);
      // A rule that names only the tactic still belongs there.
      for (const technique of tags.techniques.length === 0 ? [''] : new Set(tags.techniques))
        count(ofTactic, technique, rule, matches);
    }
  }
  const ordered = [...tactics, ''].flatMap((tactic) => {
    const thing = byTactic.get(tactic);
    return thing === undefined
      ? []
      : [{ thing: thingOf(tactic, thing), own: top(techniques.get(tactic) ?? new Map()) }];
  });
  return {
    attack: ordered.flatMap(({ thing, own }) => own.map((one) => ({ tactic: thing.name, ...one }))),
    tactics: ordered.map(({ thing, own }) => ({
      ...thing,
      techniques: own.filter(({ name }) => name !== '').map(({ name, matches }) => ({ name, matches })),
    })),
  };
}
