/** The state of the queue's list as it stands in the URL. */
import { type AlertStatus, type AlertSummary, alertStatuses, type Severity, severities } from './types.ts';

/** Search parameters of the queue; lists are joined by commas, `any` is the empty list. */
export interface QueueSearch {
  readonly status?: string;
  readonly severity?: string;
  readonly owner?: string;
  readonly rule?: string;
  readonly text?: string;
  /** Key of the selected alert. */
  readonly row?: string;
}

export interface Filter {
  readonly status: readonly AlertStatus[];
  readonly severity: readonly Severity[];
  /** Identity ids, `me`, `none`. */
  readonly owner: readonly string[];
  readonly rule: string;
  readonly text: string;
}

/** What needs somebody: open, mine or nobody's. */
export const defaultFilter: Filter = {
  status: ['new', 'in_triage'],
  severity: [],
  owner: ['me', 'none'],
  rule: '',
  text: '',
};

export const anyFilter: Filter = { status: [], severity: [], owner: [], rule: '', text: '' };

export function readFilter(search: QueueSearch): Filter {
  return {
    status: readList(search.status, defaultFilter.status).filter(isOneOf(alertStatuses)),
    severity: readList(search.severity, []).filter(isOneOf(severities)),
    owner: readList(search.owner, defaultFilter.owner),
    rule: search.rule ?? '',
    text: (search.text ?? '').slice(0, 200),
  };
}

/** Only what differs from the default view, so that its URL is `/`. */
export function writeFilter(filter: Filter): QueueSearch {
  const status = writeList(filter.status, defaultFilter.status);
  const severity = writeList(filter.severity, []);
  const owner = writeList(filter.owner, defaultFilter.owner);
  return {
    ...(status === null ? {} : { status }),
    ...(severity === null ? {} : { severity }),
    ...(owner === null ? {} : { owner }),
    ...(filter.rule === '' ? {} : { rule: filter.rule }),
    ...(filter.text === '' ? {} : { text: filter.text }),
  };
}

/** As the API takes it: an empty list is left out. */
export function toInput(filter: Filter) {
  return {
    ...(filter.status.length === 0 ? {} : { status: filter.status }),
    ...(filter.severity.length === 0 ? {} : { severity: filter.severity }),
    ...(filter.owner.length === 0 ? {} : { owner: filter.owner }),
    ...(filter.rule === '' ? {} : { ruleId: filter.rule }),
    ...(filter.text.trim() === '' ? {} : { text: filter.text.trim() }),
  };
}

/** Whether an alert still belongs to the view (its text does not change, so that is not asked again). */
export function fits(alert: AlertSummary, filter: Filter, me: string): boolean {
  const owner = alert.ownerId ?? 'none';
  return (
    (filter.status.length === 0 || filter.status.includes(alert.status)) &&
    (filter.severity.length === 0 || filter.severity.includes(alert.severity)) &&
    (filter.owner.length === 0 ||
      filter.owner.includes(owner) ||
      (owner === me && filter.owner.includes('me'))) &&
    (filter.rule === '' || filter.rule === alert.ruleId)
  );
}

export function toggle<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

function readList(text: string | undefined, preset: readonly string[]): readonly string[] {
  if (text === undefined || text === '') return preset;
  return text === 'any' ? [] : text.split(',').filter((item) => item !== '');
}

function writeList(list: readonly string[], preset: readonly string[]): string | null {
  const same = list.length === preset.length && list.every((item) => preset.includes(item));
  if (same) return null;
  return list.length === 0 ? 'any' : list.join(',');
}

function isOneOf<T extends string>(known: readonly T[]): (text: string) => text is T {
  return (text): text is T => known.some((item) => item === text);
}
