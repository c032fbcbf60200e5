/** Where an alert or incident stands: status, severity, owner, since when. */

import { type Subject, standing } from '../lib/subject.ts';
import { exact } from '../lib/time.ts';
import { severityNames } from '../lib/types.ts';
import { SeverityMark } from './severity.tsx';
import { Value } from './value.tsx';
import { When } from './when.tsx';

interface Props {
  readonly subject: Pick<
    Subject,
    'status' | 'verdict' | 'severity' | 'ownerName' | 'waiting' | 'updatedAt'
  > & {
    readonly createdAt: string;
    readonly acknowledgedAt: string | null;
    readonly closedAt: string | null;
  };
}

export function StandingFacts({ subject }: Props) {
  const { waiting } = subject;
  return (
    <dl className="facts">
      <dt>Status</dt>
      <dd>
        <b>{standing(subject)}</b>
      </dd>
      {waiting === null ? null : (
        <>
          <dt>Waits for</dt>
          <dd>
            <Value text={waiting.for} plain />, <When at={waiting.until} />
          </dd>
        </>
      )}
      <dt>Severity</dt>
      <dd className="inline">
        <SeverityMark severity={subject.severity} named /> {severityNames[subject.severity]}
      </dd>
      <dt>Owner</dt>
      <dd>
        {subject.ownerName === null ? (
          <span className="dim">Unowned</span>
        ) : (
          <Value text={subject.ownerName} plain />
        )}
      </dd>
      <Moment name="Raised" at={subject.createdAt} />
      <Moment name="Noticed" at={subject.acknowledgedAt} />
      <Moment name="Closed" at={subject.closedAt} />
    </dl>
  );
}

function Moment({ name, at }: { readonly name: string; readonly at: string | null }) {
  if (at === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{exact(at).slice(0, 19)}</dd>
    </>
  );
}
