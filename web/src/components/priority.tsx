/** Priority with what it is made of. */
import type { PriorityReason } from '../lib/types.ts';
import { Value } from './value.tsx';

interface Props {
  readonly priority: number;
  readonly reasons: readonly PriorityReason[];
}

/** `Priority 96: rule says high, critical asset (+15)`. */
export function PriorityLine({ priority, reasons }: Props) {
  return (
    <>
      <b className="num">Priority {priority}</b>
      {reasons.map(({ factor, points, text }, i) => (
        <span key={`${factor}${text}`}>
          {i === 0 ? ': ' : ', '}
          <Value text={text} plain />
          {factor === 'severity' ? null : (
            <span className="num">
              {' '}
              ({points > 0 ? '+' : ''}
              {points})
            </span>
          )}
        </span>
      ))}
    </>
  );
}

/** The same as a small sum, for a page with room. */
export function PrioritySum({ priority, reasons }: Props) {
  return (
    <dl className="sum">
      {reasons.map(({ factor, points, text }) => (
        <div key={`${factor}${text}`}>
          <dt>
            <Value text={text} plain />
          </dt>
          <dd className="num">{points > 0 && factor !== 'severity' ? `+${points}` : points}</dd>
        </div>
      ))}
      <div data-total>
        <dt>Priority</dt>
        <dd className="num">{priority}</dd>
      </div>
    </dl>
  );
}
