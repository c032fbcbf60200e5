/** What happened to an alert, newest first. */
import type { HistoryEntry } from '../lib/types.ts';
import { verdictNames } from '../lib/types.ts';
import styles from './history.module.css';
import { Value } from './value.tsx';
import { When } from './when.tsx';

export function History({ entries }: { readonly entries: readonly HistoryEntry[] }) {
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

function deed(entry: HistoryEntry): string {
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
      return 'let it wait';
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
  }
}

function detectionsText(count: unknown): string {
  if (typeof count !== 'number') return 'added detections';
  return count === 1 ? 'added 1 detection' : `added ${count.toLocaleString('en')} detections`;
}

function ownerText(owner: unknown): string {
  return typeof owner === 'string' ? `assigned it to ${owner}` : 'assigned it';
}

function verdictText(verdict: unknown): string {
  const name = Object.entries(verdictNames).find(([key]) => key === verdict)?.[1];
  return name === undefined ? '' : ` as ${name.toLowerCase()}`;
}

function Words({ entry }: { readonly entry: HistoryEntry }) {
  const words = entry.data['text'] ?? entry.data['comment'] ?? entry.data['reason'];
  if (typeof words !== 'string' || words === '') return null;
  return (
    <p className={styles.words}>
      <Value text={words} plain limit={1_200} />
    </p>
  );
}
