/** The checks of OCSF's rules, on which the golden files of all parsers rest. */
import { describe, expect, it } from 'vitest';
import {
  missingRequired,
  type OcsfClassName,
  type OcsfEvent,
  ocsfClass,
  typeUid,
  unknownAttributes,
} from './ocsf.ts';

const complete: OcsfEvent = {
  class_uid: 1007,
  category_uid: 1,
  activity_id: 1,
  type_uid: 100701,
  time: 0,
  severity_id: 1,
  metadata: { version: '1.8.0', product: { name: 'Example' } },
  process: { pid: 4, file: { name: 'a.exe', type_id: 1 } },
};

const table: readonly {
  readonly event: OcsfEvent;
  readonly missing: string[];
  readonly unknown: string[];
  readonly why: string;
}[] = [
  { event: complete, missing: [], unknown: [], why: 'time 0 is a time' },
  { event: { ...complete, time: null }, missing: ['time'], unknown: [], why: 'null is nothing' },
  {
    event: { ...complete, process: undefined },
    missing: ['process'],
    unknown: [],
    why: 'its class needs it',
  },
  {
    event: { ...complete, class_uid: 0 },
    missing: [],
    unknown: ['process'],
    why: 'a base event has no process',
  },
  { event: { ...complete, class_uid: 1 }, missing: ['class_uid'], unknown: [], why: 'no such class' },
  {
    event: { ...complete, process: { file: { path: 'C:\\a.exe' } } },
    missing: ['process.file.name', 'process.file.type_id'],
    unknown: [],
    why: 'objects inside of objects have rules too',
  },
  {
    event: {
      ...complete,
      process: { file: { name: 'a', type_id: 1, hashes: [{ value: 'x', kind: 'MD5' }] } },
    },
    missing: ['process.file.hashes.algorithm_id'],
    unknown: ['process.file.hashes.kind'],
    why: 'each object of a list is looked at',
  },
  {
    event: { ...complete, class_uid: 201001, process: undefined, actor: {}, reg_key: { name: 'Run' } },
    missing: ['reg_key.path'],
    unknown: ['reg_key.name'],
    why: 'the Windows extension is known, with what it inherits',
  },
];

describe('missingRequired and unknownAttributes', () => {
  it.each(table)('$why', ({ event, missing, unknown }) => {
    expect(missingRequired(event)).toEqual(missing);
    expect(unknownAttributes(event)).toEqual(unknown);
  });
});

it("a class's number is its category's and its own, and its types follow from it", () => {
  const names: OcsfClassName[] = [
    'base_event',
    'process_activity',
    'authentication',
    'windows_service_activity',
  ];
  expect(names.map((name) => ocsfClass(name).uid)).toEqual([0, 1007, 3002, 201004]);
  expect(typeUid(ocsfClass('authentication').uid, 2)).toBe(300202);
});
