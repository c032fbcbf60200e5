/** Techniques with their tactics, from tags. */
import { attackTags } from '../lib/attack.ts';
import { QueueValue } from './queue-value.tsx';

export function AttackFacts({ tags }: { readonly tags: readonly string[] }) {
  const { techniques, tactics } = attackTags(tags);
  if (techniques.length + tactics.length === 0) return null;
  return (
    <section className="section">
      <h2>ATT&amp;CK</h2>
      <p className="words">
        {[...new Set(techniques)].map((id) => (
          <QueueValue key={id} facet="tag" id={`attack.${id.toLowerCase()}`} name={id} />
        ))}
        {[...new Set(tactics)].map((name) => (
          <span key={name}>{name}</span>
        ))}
      </p>
    </section>
  );
}
