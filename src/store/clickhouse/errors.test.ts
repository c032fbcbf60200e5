/** What failures of the engine mean. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/errors.ts';
import { EngineError, engineCodeIn } from './engine.ts';
import { explain } from './errors.ts';

const engine = (code: number, message: string) =>
  new EngineError('engine', code, `Code: ${code}. DB::Exception: ${message}`);

describe('a failure of the engine', () => {
  test.each([
    {
      why: 'the engine reserves space before it writes',
      thrown: engine(243, 'Cannot reserve 1.00 MiB, not enough space'),
      code: 'E_DISK_FULL',
    },
    {
      why: 'the kernel said so in the middle',
      thrown: engine(75, 'Cannot write to file, errno: 28, strerror: No space left on device'),
      code: 'E_DISK_FULL',
    },
    {
      why: 'a quota is a full disk as well',
      thrown: engine(1001, 'std::exception: Disk quota exceeded'),
      code: 'E_DISK_FULL',
    },
    {
      why: 'nobody listens',
      thrown: new EngineError('connection', 0, 'connect ECONNREFUSED 127.0.0.1:8123'),
      code: 'E_STORE_UNAVAILABLE',
    },
    {
      why: 'this client was closed',
      thrown: new EngineError('closed', 0, 'the event store is closed'),
      code: 'E_STORE_UNAVAILABLE',
    },
    { why: 'merges have to catch up', thrown: engine(252, 'Too many parts'), code: 'E_STORE_UNAVAILABLE' },
    {
      why: 'others hold the memory',
      thrown: engine(241, 'Memory limit (total) exceeded'),
      code: 'E_STORE_UNAVAILABLE',
    },
  ])('means $code when $why', ({ thrown, code }) => {
    expect(explain(thrown, { what: 'storing batch 7' })).toMatchObject({ code, cause: thrown });
  });

  test('at a cap is the fault of the hunt, not of the store', () => {
    for (const code of [159, 241]) {
      expect(explain(engine(code, 'limit exceeded'), { what: 'searching', hunt: true })).toMatchObject({
        code: 'E_TOO_LARGE',
      });
    }
  });

  test('of any other kind is a bug that names the work, without the lines that hold values of rows', () => {
    const meant = explain(engine(117, 'Unknown field\nRow 1: password=hunter2'), { what: 'storing batch 7' });
    expect(meant).toBeInstanceOf(Error);
    expect(meant).not.toBeInstanceOf(AppError);
    expect((meant as Error).message).toMatch(/storing batch 7/);
    expect((meant as Error).message).not.toMatch(/hunter2/);
  });

  test('a failure from elsewhere passes as it is', () => {
    const other = new TypeError('x is not a function');
    expect(explain(other, { what: 'reading' })).toBe(other);
  });

  test('the code is read from the message of the engine only', () => {
    expect(engineCodeIn('Code: 47. DB::Exception: Unknown identifier')).toBe(47);
    expect(engineCodeIn('socket hang up')).toBe(0);
  });
});
