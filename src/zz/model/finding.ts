/** A finding: what another product already decided to tell. It is an alert here without any rule. */
import type { Severity } from './severity.ts';

/** After OCSF 1.8 Detection Finding (class 2004): `finding_info`, `severity_id`, `status_id`. */
export interface Finding {
  /** The product's stable id of the finding (`finding_info.uid`): updates of one finding carry the same. */
  readonly uid: string;
  /** The product that found it, as people call it: `Microsoft Defender XDR`, `Suricata`. */
  readonly product: string;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  /** What the product says of its state; it is shown, it does not close anything here. */
  readonly status: 'open' | 'resolved' | 'suppressed' | 'unknown';
  /** Page of the finding in the product's own console, https only; null when it names none. */
  readonly link: string | null;
  /** Sigma-style tags: `attack.t1003.001`, `attack.credential-access`. */
  readonly tags: readonly string[];
}
