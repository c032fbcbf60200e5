import { expect, it } from 'vitest';
import { didYouMean } from './nearest.ts';

it.each([
  ['contians', 'did you mean contains?'],
  ['endwith', 'did you mean endswith?'],
  ['RE', 'did you mean re?'],
  ['selektion', undefined],
  ['', undefined],
  ['base64ofset', 'did you mean base64offset?'],
])('%s: %s', (written, hint) => {
  expect(didYouMean(written, ['contains', 'endswith', 're', 'base64offset', 'all'])).toBe(hint);
});
