import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseMappings } from '../../lang/sigma/index.ts';
import { readRules } from './read.ts';

const mappings = parseMappings(
  readFileSync(new URL('../../../content/mappings/windows.yml', import.meta.url), 'utf8'),
);

it('lets other work go on while it reads thousands, because it runs in the thread that answers people', async () => {
  const files = Array.from({ length: 1_000 }, (_, n) => ({
    path: `${n}.yml`,
    content: `title: Rule ${n}\nlogsource: { product: windows }\ndetection:\n  chosen: { EventID: ${n} }\n  condition: chosen\n`,
  }));
  let turns = 0;
  let running: NodeJS.Immediate;
  const spin = () => {
    turns += 1;
    running = setImmediate(spin);
  };
  running = setImmediate(spin);
  const { rules, refused } = await readRules(files, {
    mappings,
    reading: 'require',
    stored: async () => [],
  });
  clearImmediate(running);
  expect(refused).toEqual([]);
  expect(rules).toHaveLength(1_000);
  expect(turns).toBeGreaterThan(20);
});
