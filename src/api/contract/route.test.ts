import { describe, expect, test } from 'vitest';
import { route } from './route.ts';

describe('route', () => {
  test('a route without access does not compile', () => {
    // @ts-expect-error access is missing
    expect(() => route({ method: 'GET', path: '/x', summary: 'x', tag: 'x' })).toThrow(TypeError);
  });

  test('an access that is no pair of action and resource does not compile', () => {
    const spec = { method: 'GET', path: '/x', summary: 'x', tag: 'x' } as const;
    // @ts-expect-error no such resource
    route({ ...spec, access: { action: 'read', resource: 'alrets' } });
    const declared = route({ ...spec, access: { action: 'read', resource: 'alert' } });
    expect(declared['~orpc'].meta).toEqual({ access: { action: 'read', resource: 'alert' } });
  });
});
