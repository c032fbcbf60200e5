import { expect, it } from 'vitest';
import { fakeClock } from '../../base/clock.ts';
import { type Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import { createPresence } from './presence.ts';

const person = (id: string, tenant = 'main'): Actor => ({
  kind: 'person',
  id,
  name: `Person ${id}`,
  tenant: tenant as TenantId,
  roles: ['analyst'],
});
const alert = { kind: 'alert', id: 'a1' } as const;

function made() {
  const clock = fakeClock(1_000);
  const told: string[] = [];
  const presence = createPresence(
    clock,
    (tenant, subject, people) =>
      void told.push(`${tenant} ${subject.id}: ${people.map((one) => one.id).join(' ')}`),
  );
  return { clock, told, presence };
}

it('two people on one alert see each other, and others are told once', () => {
  const { clock, told, presence } = made();
  expect(presence.here(person('a'), alert)).toEqual([{ id: 'a', name: 'Person a', since: 1_000 }]);
  clock.advance(5_000);
  expect(presence.here(person('b'), alert).map((one) => [one.id, one.since])).toEqual([
    ['a', 1_000],
    ['b', 6_000],
  ]);
  presence.here(person('a'), alert);
  expect(told).toEqual(['main a1: a', 'main a1: a b']);
});

it('who goes is gone at once, who falls silent after 40 seconds', () => {
  const { clock, told, presence } = made();
  presence.here(person('a'), alert);
  presence.here(person('b'), alert);
  expect(presence.gone(person('a'), alert).map((one) => one.id)).toEqual(['b']);
  clock.advance(39_999);
  presence.sweep();
  expect(told.at(-1)).toBe('main a1: b');
  clock.advance(1);
  presence.sweep();
  expect(told.at(-1)).toBe('main a1: ');
  presence.sweep();
  expect(told).toHaveLength(4);
});

it('tenants do not see each other', () => {
  const { presence } = made();
  presence.here(person('a', 'one'), alert);
  expect(presence.here(person('b', 'two'), alert).map((one) => one.id)).toEqual(['b']);
});

it('who comes later can ask who is where, of its own tenant alone', () => {
  const { clock, presence } = made();
  presence.here(person('a'), alert);
  presence.here(person('x', 'other'), { kind: 'alert', id: 'o1' });
  expect(presence.all('main')).toEqual([
    { subject: alert, people: [{ id: 'a', name: 'Person a', since: 1_000 }] },
  ]);
  presence.gone(person('a'), alert);
  clock.advance(1);
  expect(presence.all('main')).toEqual([]);
});
