/** What a backtest counts: matches by day and by what they are about, and the newest ones. */
import type { BacktestReport } from '../api/routes/services.ts';
import { type Instant, toIso } from '../base/clock.ts';

export type TestedEntity = Omit<BacktestReport['byEntity'][number], 'matches'>;
export type Sample = BacktestReport['samples'][number];

export const samplesShown = 20;
const entitiesShown = 50;
/** Beyond it entities are not told apart, so that a rule that matches everything stays bounded. */
const mostEntities = 100_000;

export class BacktestCounts {
  #matches = 0;
  readonly #days = new Map<string, number>();
  readonly #entities = new Map<string, TestedEntity & { matches: number }>();
  readonly #samples: Sample[] = [];

  get matches(): number {
    return this.#matches;
  }

  add(time: Instant, entity: TestedEntity, sample: Sample): void {
    this.addMany(time, entity, 1);
    this.sample(sample);
  }

  /** Matches of one day that nobody looked at. */
  addMany(time: Instant, entity: TestedEntity, matches: number): void {
    this.#matches += matches;
    const day = toIso(time).slice(0, 10);
    this.#days.set(day, (this.#days.get(day) ?? 0) + matches);
    const key = `${entity.kind} ${entity.name}`;
    const known = this.#entities.get(key);
    if (known !== undefined) known.matches += matches;
    else if (this.#entities.size < mostEntities) this.#entities.set(key, { ...entity, matches });
  }

  sample(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > 2 * samplesShown) {
      this.#samples.sort(newestFirst);
      this.#samples.length = samplesShown;
    }
  }

  report(): Pick<BacktestReport, 'matches' | 'alerts' | 'byDay' | 'byEntity' | 'samples'> {
    return {
      matches: this.#matches,
      alerts: this.#entities.size,
      byDay: [...this.#days]
        .map(([day, matches]) => ({ day, matches }))
        .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      byEntity: [...this.#entities.values()]
        .toSorted((a, b) => b.matches - a.matches || (a.name < b.name ? -1 : 1))
        .slice(0, entitiesShown),
      samples: this.#samples.toSorted(newestFirst).slice(0, samplesShown),
    };
  }
}

/** Those of one time in an order of their own, so that it is the same however they were found. */
function newestFirst(a: Sample, b: Sample): number {
  return b.time - a.time || (a.eventId < b.eventId ? -1 : 1);
}
