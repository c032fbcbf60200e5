/** Times that people type, read as UTC. */

const typed = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?\s*(?:Z|UTC)?$/i;

/**
 * `2020-05-02`, `2020-05-02 02:55`, `… 02:55:56.120`, each with or without `Z` or `UTC`, as ISO-8601;
 * null when it is none of these.
 */
export function readInstant(text: string): string | null {
  const parts = typed.exec(text.trim());
  if (parts === null) return null;
  const [, day = '', clock = '00:00', seconds = '00', fraction = ''] = parts;
  const at = new Date(`${day}T${clock}:${seconds}.${fraction.padEnd(3, '0')}Z`);
  // 31 February would silently become March.
  return Number.isNaN(at.getTime()) || !at.toISOString().startsWith(day) ? null : at.toISOString();
}
