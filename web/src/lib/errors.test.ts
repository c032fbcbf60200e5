/** Refusals and silence, told apart. */
import { describe, expect, test } from 'vitest';
import { codeOf, explain, isConflict, isSignedOut, readProblem } from './errors.ts';

test('problem+json keeps its code, its words and its data', () => {
  const error = readProblem(
    { code: 'E_CONFLICT', status: 409, detail: 'It changed', data: { version: 3 } },
    409,
  );
  expect(error).toMatchObject({
    code: 'E_CONFLICT',
    message: 'It changed',
    data: { version: 3 },
    status: 409,
  });
});

test('a page of a proxy in between is no problem of ours', () => {
  expect(readProblem('<html>Bad gateway</html>', 502)).toBeNull();
});

describe('what is said', () => {
  const rows = [
    { error: new TypeError('fetch failed'), words: 'The service did not answer.', why: 'no answer' },
    {
      error: readProblem({ code: 'E_UNAUTHENTICATED' }, 401),
      words: 'Your session has ended.',
      why: 'signed out',
    },
    {
      error: readProblem({ code: 'E_BUSY', message: 'Too many at once' }, 503),
      words: 'Too many at once. (E_BUSY)',
      why: 'refused',
    },
  ];
  test.each(rows)('$why', ({ error, words }) => {
    expect(explain(error)).toBe(words);
  });
});

test('closing what is closed is a conflict like any other', () => {
  expect(isConflict(readProblem({ code: 'E_ALERT_CLOSED' }, 409))).toBe(true);
  expect(isConflict(new TypeError('fetch failed'))).toBe(false);
});

test('silence has no code', () => {
  expect(codeOf(new TypeError('fetch failed'))).toBeNull();
  expect(isSignedOut(new TypeError('fetch failed'))).toBe(false);
});
