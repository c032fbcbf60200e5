/** Severity by shape and colour, so that neither alone has to carry it. */
import { type Severity, severityNames } from '../lib/types.ts';

const colours: Readonly<Record<Severity, string>> = {
  critical: 'var(--crit)',
  high: 'var(--high)',
  medium: 'var(--med)',
  low: 'var(--low)',
  informational: 'var(--info)',
};

interface Props {
  readonly severity: Severity;
  readonly size?: number;
  /** The word stands beside it already. */
  readonly named?: boolean;
}

export function SeverityMark({ severity, size = 14, named = false }: Props) {
  const name = severityNames[severity];
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 14 14"
      color={colours[severity]}
      style={{ flex: 'none' }}
      {...(named ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
    >
      {named ? null : <title>{name}</title>}
      <Shape severity={severity} />
    </svg>
  );
}

function Shape({ severity }: { readonly severity: Severity }) {
  switch (severity) {
    case 'critical':
      return (
        <>
          <path d="M4.2 0.8h5.6l3.4 3.4v5.6l-3.4 3.4H4.2L0.8 9.8V4.2z" fill="currentColor" />
          <path d="M7 3.4v4.4M7 9.8v1" stroke="var(--bg0)" strokeWidth="1.8" strokeLinecap="round" />
        </>
      );
    case 'high':
      return <path d="M7 1.2 13.4 12.6H0.6z" fill="currentColor" />;
    case 'medium':
      return <path d="M7 1.4 12.6 7 7 12.6 1.4 7z" fill="currentColor" />;
    case 'low':
      return <circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" strokeWidth="2" />;
    case 'informational':
      return <path d="M2.5 7h9" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />;
  }
}
