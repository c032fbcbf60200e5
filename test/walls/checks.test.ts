import { expect, test } from 'vitest';
import { makeTree, type Outcome } from './tree.ts';

type Files = Readonly<Record<string, string>>;

interface Plant {
  readonly why: string;
  readonly file: string;
  readonly source: string;
  /** What the check says about the file: the name of its rule, or a part of its message. */
  readonly says: string;
}

/** Runs a check on sound files, where it must find nothing, and again with the planted ones. */
async function check(
  copies: readonly string[],
  sound: Files,
  planted: Files,
  script: string,
  ...args: string[]
) {
  const tree = await makeTree('linked', 'package.json', 'tsconfig.json', ...copies);
  try {
    await tree.write(sound);
    expect(await tree.run(script, ...args)).toMatchObject({ code: 0 });
    await tree.write(planted);
    const outcome = await tree.run(script, ...args);
    expect(outcome.code).toBeGreaterThan(0);
    return outcome;
  } finally {
    await tree.remove();
  }
}

function sources(plants: readonly Plant[]): Files {
  return Object.fromEntries(plants.map(({ file, source }) => [file, source]));
}

/** Each planted file is named with its own finding, and nothing else is found. */
function expectEach({ output }: Outcome, plants: readonly Plant[], finding: RegExp): void {
  const found = [...output.matchAll(finding)].map(({ groups }) => `${groups?.['file']} ${groups?.['says']}`);
  expect(found.sort()).toEqual(plants.map(({ file, says }) => `${file} ${says}`).sort());
}

const sound: Files = { 'src/sound.ts': 'export const sound = 1;\n' };

test('lint catches what the compiler lets pass', async () => {
  const plants: readonly Plant[] = [
    {
      why: 'a promise that nobody waits for fails unseen',
      file: 'src/floating.ts',
      source: 'export function f(work: () => Promise<void>): void {\n  work();\n}\n',
      says: 'no-floating-promises',
    },
    {
      why: 'any turns the types off',
      file: 'src/any.ts',
      source: 'export function f(x: any): string {\n  return String(x);\n}\n',
      says: 'no-explicit-any',
    },
    {
      why: 'an empty catch hides a bug',
      file: 'src/empty.ts',
      source: 'export function f(work: () => void): void {\n  try {\n    work();\n  } catch {}\n}\n',
      says: 'no-empty',
    },
    {
      why: 'a value that is said to be there may not be',
      file: 'src/bang.ts',
      source: 'export function f(x: string | null): number {\n  return x!.length;\n}\n',
      says: 'no-non-null-assertion',
    },
    {
      why: 'a case that is not handled is noticed when the union grows',
      file: 'src/switch.ts',
      source:
        "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
      says: 'switch-exhaustiveness-check',
    },
  ];
  const args = ['--type-aware', '--deny-warnings', '--format', 'unix', 'src'];
  const outcome = await check(['.oxlintrc.json'], sound, sources(plants), 'oxlint/bin/oxlint', ...args);
  expectEach(outcome, plants, /^(?<file>src\/[^:]+):.*\b[a-z]+\((?<says>[a-z-]+)\)/gm);
});

test('the compiler is as strict as it can be', async () => {
  const plants: readonly Plant[] = [
    {
      why: 'an index may be out of range',
      file: 'src/index-access.ts',
      source: 'export const f = (xs: string[]): string => xs[0];\n',
      says: 'TS2322',
    },
    {
      why: 'undefined is not the same as absent',
      file: 'src/absent.ts',
      source: 'export const f: { a?: number } = { a: undefined };\n',
      says: 'TS2375',
    },
    {
      why: 'a parameter without a type is any',
      file: 'src/untyped.ts',
      source: 'export const f = (x) => x;\n',
      says: 'TS7006',
    },
    { why: 'Node runs no enums', file: 'src/enum.ts', source: 'export enum E {\n  a,\n}\n', says: 'TS1294' },
    {
      why: 'a local that nobody reads is a mistake',
      file: 'src/unread.ts',
      source: 'export function f(): void {\n  const x = 1;\n}\n',
      says: 'TS6133',
    },
  ];
  const outcome = await check([], sound, sources(plants), 'typescript/bin/tsc', '-p', '.');
  expectEach(outcome, plants, /^(?<file>src\/[^(]+)\(.*error (?<says>TS\d+)/gm);
});

test('the format check catches layout and the order of imports', async () => {
  const plants: readonly Plant[] = [
    { why: 'indentation', file: 'src/indent.ts', source: 'export const f = [\n1];\n', says: 'format' },
    { why: 'quotes', file: 'src/quotes.ts', source: 'export const f = "x";\n', says: 'format' },
    {
      why: 'order of imports',
      file: 'src/order.ts',
      source: "import b from './b.ts';\nimport a from './a.ts';\n\nexport const f = [a, b];\n",
      says: 'assist/source/organizeImports',
    },
  ];
  const args = ['check', '--diagnostic-level=warn', 'src'];
  const outcome = await check(
    ['biome.json', '.gitignore'],
    sound,
    sources(plants),
    '@biomejs/biome/bin/biome',
    ...args,
  );
  expectEach(outcome, plants, /^(?<file>src\/\S+?)(?::\d+:\d+)? (?<says>format|assist\/\S+) /gm);
});

test('the dead-code check catches exports and files that nobody uses', async () => {
  const used: Files = {
    'src/part.ts': 'export const used = 1;\n',
    'src/cli/main.ts': "import { used } from '../part.ts';\n\nprocess.stdout.write(String(used));\n",
  };
  const planted: Files = {
    'src/part.ts': 'export const used = 1;\nexport const plantedExport = 2;\n',
    'src/planted.ts': 'export const x = 1;\n',
  };
  const args = ['--no-progress', '--include', 'files,exports', '--reporter', 'compact'];
  const { output } = await check(['knip.json'], used, planted, 'knip/bin/knip.js', ...args);
  expect(output).toMatch(/part\.ts: plantedExport/);
  expect(output).toMatch(/src\/planted\.ts/);
});

test('the check of generated files catches one that was edited by hand', async () => {
  const copies = ['src', 'tools', 'test/support', 'docs/reference'];
  const planted = { 'docs/reference/config.md': 'edited' };
  const { output } = await check(copies, {}, planted, 'tsx/dist/cli.mjs', 'tools/gen/main.ts', '--check');
  expect(output).toContain('docs/reference/config.md is stale');
});
