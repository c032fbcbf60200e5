/** By whom a rule is, and under which licence. */
import { Value } from '../../components/value.tsx';
import type { RuleDocument } from '../../lib/types.ts';

export function RuleOrigin({ rule: { author, license } }: { readonly rule: RuleDocument }) {
  return (
    <span className="dim">
      {author === '' ? (
        'no author named'
      ) : (
        <>
          by <Value text={author} plain />
        </>
      )}{' '}
      · {license === null ? 'no licence named' : <Value text={license} plain />}
    </span>
  );
}
