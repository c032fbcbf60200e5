/** Which rows a filter means, as a WHERE clause; values travel as parameters only. */
import { queryTest } from '../../lang/query/index.ts';
import type { EventFilter, EventQuery, StoredEvent } from '../events.ts';
import type { Params } from './engine.ts';
import { certainParts, textForms } from './match.ts';
import { querySql } from './query.ts';

export interface FilterSql {
  readonly where: string;
  readonly params: Params;
  /** Has to look at each row that the clause selects; null when the clause says it all. */
  readonly confirm: ((event: StoredEvent) => boolean) | null;
}

/** The column of a filter's time. */
export function timeColumn({ basis }: Pick<EventFilter, 'basis'>): 'time' | 'received' {
  return basis === 'received' ? 'received' : 'time';
}

export function filterSql(filter: EventFilter): FilterSql {
  const params: Record<string, string | number | readonly string[]> = { tenant: filter.tenant };
  const where = ['tenant = {tenant:String}'];
  const time = timeColumn(filter);
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
  if (filter.from !== undefined) {
    params['from'] = filter.from;
    where.push(`${time} >= ${instant('from')}`);
  }
  if (filter.to !== undefined) {
    params['to'] = filter.to;
    where.push(`${time} < ${instant('to')}`);
  }
  for (const column of ['source', 'host', 'user'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    params[column] = value;
    where.push(`${column} = {${column}:String}`);
  }
  if (filter.unparsedOnly === true) where.push("unparsed != ''");
  contains('text', filter.text === undefined || filter.text === '' ? [] : textForms(filter.text));
  contains('part', filter.field === undefined ? [] : certainParts(filter.field.value));
  let confirm: FilterSql['confirm'] = null;
  if (filter.query !== undefined) {
    const sql = querySql(filter.query.node, filter.query.verbatim);
    where.push(`(${sql.where})`);
    Object.assign(params, sql.params);
    if (!sql.exact) confirm = confirmation(filter.query);
  }
  return { where: where.join(' AND '), params, confirm };

  function contains(name: string, needles: readonly string[]): void {
    if (needles.length === 0) return;
    params[name] = needles;
    where.push(`multiSearchAnyCaseInsensitive(raw, {${name}:Array(String)})`);
  }
}

function confirmation({ node, views }: EventQuery): (event: StoredEvent) => boolean {
  const test = queryTest(node);
  return (event) => {
    let seen: ReturnType<typeof views> | null = null;
    const look = () => {
      seen ??= views(event);
      return seen;
    };
    return test({
      columns: event,
      raw: event.raw,
      get native() {
        return look().native;
      },
      get ocsf() {
        return look().ocsf;
      },
    });
  };
}
