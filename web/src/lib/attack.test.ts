/** ATT&CK tags. */
import { expect, test } from 'vitest';
import { attackTags } from './attack.ts';

test('techniques and tactics are told apart, other tags left out', () => {
  const tags = [
    'attack.credential-access',
    'attack.t1003.001',
    'car.2013-05-009',
    'attack.g0032',
    'detection.threat-hunting',
  ];
  expect(attackTags(tags)).toEqual({ techniques: ['T1003.001'], tactics: ['Credential access'] });
});

test('older rules write tactics with underscores', () => {
  expect(attackTags(['attack.defense_evasion']).tactics).toEqual(['Defense evasion']);
});

test('a word that is a tactic only without its prefix is none', () => {
  expect(attackTags(['execution']).tactics).toEqual([]);
});
