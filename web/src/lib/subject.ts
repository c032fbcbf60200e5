/** What triage acts on: an alert or an incident, the same to every action. */
import {
  type AlertSummary,
  type IncidentSummary,
  type QueueRow,
  type RowKind,
  statusNames,
  verdictNames,
} from './types.ts';

export interface Subject
  extends Pick<
    AlertSummary,
    | 'id'
    | 'key'
    | 'title'
    | 'severity'
    | 'priority'
    | 'status'
    | 'waiting'
    | 'verdict'
    | 'ownerId'
    | 'ownerName'
    | 'updatedAt'
    | 'version'
  > {
  readonly kind: RowKind;
  /** Of an incident; 1 for an alert. */
  readonly alerts: number;
  /** The incident that an alert belongs to; rows of the list belong to none. */
  readonly incident?: AlertSummary['incident'];
  /** Of an alert by itself, and of a row of the list: what found it; '' and none where no rule did. */
  readonly ruleId?: string;
  readonly rules?: QueueRow['rules'];
}

/** As much of it as a change needs. */
export type Target = Pick<Subject, 'kind' | 'id' | 'key' | 'version' | 'status' | 'ownerId'>;

export function isSubject(target: Target): target is Subject {
  return 'updatedAt' in target;
}

export function alertSubject(alert: AlertSummary): Subject {
  return { ...alert, kind: 'alert', alerts: 1 };
}

export function incidentSubject(incident: IncidentSummary): Subject {
  return { ...incident, kind: 'incident' };
}

/** Key of an alert whose rule can have an exception; undefined for incidents and what no rule found. */
export function exceptable(subject: Subject | undefined): string | undefined {
  if (subject === undefined || subject.kind === 'incident') return undefined;
  const byRule = subject.ruleId === undefined ? (subject.rules ?? []).length > 0 : subject.ruleId !== '';
  return byRule ? subject.key : undefined;
}

/** Display keys say what they name (`INC-7`, `ALR-42`). */
export function kindOfKey(key: string): RowKind {
  return key.startsWith('INC-') ? 'incident' : 'alert';
}

/** `Closed as benign`, `In triage`. */
export function standing(subject: Pick<Subject, 'status' | 'verdict'>): string {
  return subject.status === 'closed' && subject.verdict !== null
    ? `Closed as ${verdictNames[subject.verdict].toLowerCase()}`
    : statusNames[subject.status];
}

/** `ALR-42`, or `12 items`. */
export function nameOf(subjects: readonly Pick<Subject, 'key'>[]): string {
  const [first] = subjects;
  return subjects.length === 1 && first !== undefined
    ? first.key
    : `${subjects.length.toLocaleString('en')} items`;
}
