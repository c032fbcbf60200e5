/** What happened to an alert or incident, newest first. */
import { exact } from '../lib/time.ts';
import { type HistoryEntry, type IncidentHistoryEntry, verdictNames } from '../lib/types.ts';
import styles from './history.module.css';
import { Value } from './value.tsx';
import { When } from './when.tsx';

type Entry = HistoryEntry | IncidentHistoryEntry;

export function History({ entries }: { readonly entries: readonly Entry[] }) {
  const newestFirst = entries.toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <ol className={styles.list}>
      {newestFirst.map((entry) => (
        <li key={entry.id}>
          <p className={styles.what}>
            <span>
              <b>
                <Value text={entry.actor.name} plain />
              </b>{' '}
              {deed(entry)}
            </span>
            <span className="dim">
              <When at={entry.at} />
            </span>
          </p>
          <Words entry={entry} />
        </li>
      ))}
    </ol>
  );
}

/** What somebody did, after their name. */
export function deed(entry: Entry): string {
  switch (entry.kind) {
    case 'created':
      return 'raised it';
    case 'detections_added':
      return detectionsText(entry.data['count'] ?? entry.data['detections'] ?? entry.data['added']);
    case 'assigned':
      return ownerText(entry.data['ownerName'] ?? entry.data['owner']);
    case 'unassigned':
      return 'took the owner away';
    case 'commented':
      return 'noted';
    case 'closed':
      return `closed it${verdictText(entry.data['verdict'])}`;
    case 'reopened':
      return 'reopened it';
    case 'acknowledged':
      return 'acknowledged it';
    case 'waiting':
      return waitText(entry.data);
    case 'woke':
      return 'woke it';
    case 'undone':
      return 'took a change back';
    case 'vendor_status':
      return 'heard of a change in the product that found it';
    case 'joined_incident':
      return 'put it into an incident';
    case 'left_incident':
      return 'took it out of its incident';
    case 'alerts_added':
      return alertsText('added', entry.data);
    case 'alerts_removed':
      return alertsText('took out', entry.data);
    case 'renamed':
      return 'renamed it';
  }
}

function detectionsText(count: unknown): string {
  if (typeof count !== 'number') return 'added detections';
  return count === 1 ? 'added 1 detection' : `added ${count.toLocaleString('en')} detections`;
}

function waitText(data: Entry['data']): string {
  const until = data['until'];
  return typeof until === 'string' ? `lets it wait until ${exact(until).slice(0, 16)}` : 'lets it wait';
}

function alertsText(verb: string, data: Entry['data']): string {
  const keys = data['keys'] ?? data['alerts'];
  if (
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.length <= 4 &&
    keys.every((key) => typeof key === 'string')
  ) {
    return `${verb} ${keys.join(', ')}`;
  }
  const count = Array.isArray(keys) ? keys.length : (data['count'] ?? null);
  if (typeof count !== 'number') return `${verb} alerts`;
  return `${verb} ${count.toLocaleString('en')} ${count === 1 ? 'alert' : 'alerts'}`;
}

function ownerText(owner: unknown): string {
  return typeof owner === 'string' ? `assigned it to ${owner}` : 'assigned it';
}

function verdictText(verdict: unknown): string {
  const name = Object.entries(verdictNames).find(([key]) => key === verdict)?.[1];
  return name === undefined ? '' : ` as ${name.toLowerCase()}`;
}

/** What was said with it. */
export function words({ data }: Pick<Entry, 'data'>): string {
  const said = data['text'] ?? data['comment'] ?? data['reason'] ?? data['for'] ?? data['title'];
  return typeof said === 'string' ? said : '';
}

function Words({ entry }: { readonly entry: Entry }) {
  const said = words(entry);
  if (said === '') return null;
  return (
    <p className={styles.words}>
      <Value text={said} plain limit={1_200} />
    </p>
  );
}
