/** Times until which one usually waits, in UTC. */

export interface Preset {
  readonly name: string;
  /** As it stands in the field: `2026-11-25 09:00`. */
  readonly until: string;
}

const hour = 3_600_000;
const day = 24 * hour;
const morning = 9;

export function waitPresets(now: number): readonly Preset[] {
  const tomorrow = atHour(now + day, morning);
  const toMonday = ((8 - new Date(now).getUTCDay()) % 7 || 7) * day;
  return [
    { name: '1 h', until: text(now + hour) },
    { name: '4 h', until: text(now + 4 * hour) },
    { name: 'Tomorrow 09:00', until: text(tomorrow) },
    { name: 'Monday 09:00', until: text(atHour(now + toMonday, morning)) },
    { name: 'A week', until: text(now + 7 * day) },
  ];
}

function atHour(at: number, hours: number): number {
  return Math.floor(at / day) * day + hours * hour;
}

function text(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
