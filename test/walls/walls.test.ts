import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { makeTree } from './tree.ts';

/** What planted file breaks which rule, and why the rule is there. */
interface Plant {
  readonly rule: string;
  readonly why: string;
  readonly file: string;
  readonly text: string;
}

const Layers = z.record(z.string(), z.array(z.string()));
const layers = Layers.parse(JSON.parse(readFileSync(new URL('../../layers.json', import.meta.url), 'utf8')));
const names = Object.keys(layers);

/** For each layer an import of the first one that it may not see. */
const layerPlants = names.flatMap((name): Plant[] => {
  const may = [name, ...(layers[name] ?? [])];
  const forbidden = names.find((other) => !may.some((one) => one === other || one.startsWith(`${other}/`)));
  if (forbidden === undefined) return [];
  const text = `export * from '../${forbidden}/leaf.ts';`;
  return [
    {
      rule: `wall-${name}`,
      why: `${name} must not know ${forbidden}`,
      file: `src/${name}/planted-wall.ts`,
      text,
    },
  ];
});

const plants: readonly Plant[] = [
  ...layerPlants,
  {
    rule: 'wall-cli',
    why: 'the command line is a client: it sees the contract, not the routes',
    file: 'src/cli/planted-routes.ts',
    text: "export * from '../api/routes/leaf.ts';",
  },
  {
    rule: 'wall-pipeline',
    why: 'the pipeline sees how plug-ins are declared, not which there are',
    file: 'src/pipeline/planted-plugin.ts',
    text: "export { default } from '../plugins/parsers/one.ts';",
  },
  {
    rule: 'wall-features',
    why: 'a type-only import is an import too',
    file: 'src/features/alerts/planted-type.ts',
    text: "import type { leaf } from '../../app/leaf.ts'; export type L = typeof leaf;",
  },
  {
    rule: 'unlisted-module',
    why: 'a new folder without a line in layers.json would have no wall',
    file: 'src/misc/planted.ts',
    text: "export * from '../base/leaf.ts';",
  },
  {
    rule: 'features-are-islands',
    why: 'features that import each other end as one',
    file: 'src/features/alerts/planted-island.ts',
    text: "export * from '../detection/leaf.ts';",
  },
  {
    rule: 'plugins-are-islands',
    why: 'adding or removing a plug-in must touch no other',
    file: 'src/plugins/parsers/planted.ts',
    text: "export { default } from './one.ts';",
  },
  {
    rule: 'plugins-are-picked-at-roots',
    why: 'a feature that lists plug-ins knows them all',
    file: 'src/pipeline/planted-list.ts',
    text: "export * from '../plugins/parsers/index.generated.ts';",
  },
  {
    rule: 'pure-means-pure',
    why: 'parse(raw, context) must give the same years later',
    file: 'src/plugins/parsers/planted-fs.ts',
    text: "import { readFileSync } from 'node:fs'; export default readFileSync;",
  },
  {
    rule: 'pure-means-pure',
    why: 'the language can be published without a network',
    file: 'src/lang/sigma/planted-net.ts',
    text: "import { connect } from 'net'; export const c = connect;",
  },
  ...['chdb', '@clickhouse/client', '@electric-sql/pglite', 'pg', 'pg-boss'].map((driver) => ({
    rule: 'drivers-behind-store',
    why: `${driver} outside its adapter would bypass the port`,
    file: `src/features/alerts/planted-${driver.replaceAll(/\W/g, '')}.ts`,
    text: `export { driver } from '${driver}';`,
  })),
  {
    rule: 'drivers-behind-store',
    why: 'a contract suite runs on every adapter, so it knows none',
    file: 'src/store/contract/planted.ts',
    text: "export { driver } from 'pg';",
  },
  {
    rule: 'only-app-picks-adapters',
    why: 'a feature must not know which engine it runs on',
    file: 'src/features/alerts/planted-adapter.ts',
    text: "export * from '../../store/pglite/leaf.ts';",
  },
  {
    rule: 'contract-is-data',
    why: 'the console would get the feature in its bundle',
    file: 'src/api/contract/planted.ts',
    text: "export * from '../../features/alerts/leaf.ts';",
  },
  {
    rule: 'console-sees-contract-only',
    why: 'the console is a client like any other',
    file: 'web/src/planted.tsx',
    text: "export * from '../../src/model/leaf.ts';",
  },
  {
    rule: 'service-knows-no-console',
    why: 'the console is built apart',
    file: 'src/api/planted-web.ts',
    text: "export * from '../../web/src/leaf.tsx';",
  },
  {
    rule: 'sigma-stands-alone',
    why: 'lang/sigma can be published by itself',
    file: 'src/lang/sigma/planted-model.ts',
    text: "export * from '../../model/leaf.ts';",
  },
  {
    rule: 'no-unresolvable',
    why: 'an import that is not found is one that no wall sees',
    file: 'src/base/planted-gone.ts',
    text: "export * from './gone.ts';",
  },
  {
    rule: 'no-circular',
    why: 'a circle of types alone still is one module in two files',
    file: 'src/model/planted-circle.ts',
    text: "import type { B } from './planted-other-half.ts'; export interface A { b: B }",
  },
];

/** What a plant needs beside it. */
const companions = {
  'src/model/planted-other-half.ts':
    "import type { A } from './planted-circle.ts'; export interface B { a: A }",
};

const leaf = 'export const leaf = 1;';
/** A tree in which every edge is allowed, with one file per place that plants point to. */
const sound: Readonly<Record<string, string>> = {
  ...Object.fromEntries(names.map((name) => [`src/${name}/leaf.ts`, leaf])),
  'src/api/routes/leaf.ts': leaf,
  'src/api/contract/leaf.ts': "export * from '../../model/leaf.ts';",
  'src/features/alerts/leaf.ts': "import type {} from '../../store/leaf.ts'; export { query } from 'kysely';",
  'src/features/detection/leaf.ts': leaf,
  'src/plugins/define.ts': leaf,
  'src/plugins/parsers/one.ts':
    "import { leaf } from '../define.ts'; import './lib/part.ts'; export default leaf;",
  'src/plugins/parsers/lib/part.ts': leaf,
  'src/plugins/parsers/index.generated.ts': "import one from './one.ts'; export const parsers = [one];",
  'src/pipeline/worker.ts':
    "export * from '../plugins/parsers/index.generated.ts'; export * from '../plugins/define.ts';",
  'src/store/pglite/leaf.ts': "export { driver } from '@electric-sql/pglite';",
  'src/app/root.ts': "export * from '../store/pglite/leaf.ts'; export * from '../features/alerts/leaf.ts';",
  'src/cli/main.ts': "export * from '../api/contract/leaf.ts'; export * from '../app/root.ts';",
  'src/lang/sigma/rule.ts': "export * from '../../base/leaf.ts';",
  'src/base/files.ts': "export { readFileSync } from 'node:fs';",
  'web/src/leaf.tsx': "export * from '../../src/api/contract/leaf.ts';",
};

const fakePackages = Object.fromEntries(
  ['chdb', '@clickhouse/client', '@electric-sql/pglite', 'pg', 'pg-boss', 'kysely'].flatMap((name) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
    [`node_modules/${name}/index.js`, 'exports.driver = 1; exports.query = 1;'],
  ]),
);

const Report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** Rules broken, by the file that breaks them. */
async function cruise(files: Readonly<Record<string, string>>): Promise<Map<string, string[]>> {
  const tree = await makeTree('none', '.dependency-cruiser.cjs', 'layers.json', 'tsconfig.json');
  try {
    await tree.write({ ...sound, ...fakePackages, ...files });
    const { output } = await tree.run(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'src',
      'web/src',
    );
    const { summary } = Report.parse(JSON.parse(output));
    expect(summary.totalCruised).toBeGreaterThanOrEqual(Object.keys(sound).length);
    const broken = new Map<string, string[]>();
    for (const { from, rule } of summary.violations)
      broken.set(from, [...(broken.get(from) ?? []), rule.name]);
    return broken;
  } finally {
    await tree.remove();
  }
}

let broken: Map<string, string[]>;
beforeAll(async () => {
  broken = await cruise({
    ...companions,
    ...Object.fromEntries(plants.map(({ file, text }) => [file, text])),
  });
});

test('a sound tree breaks no rule', async () => {
  expect(await cruise({})).toEqual(new Map());
});

test.each(plants)('$rule catches $file: $why', ({ rule, file }) => {
  expect(broken.get(file)).toEqual([rule]);
});

test('nothing but what was planted is caught', () => {
  expect([...broken.keys()].sort()).toEqual(plants.map(({ file }) => file).sort());
});

test('every layer has a plant, or it may see all others', () => {
  const planted = new Set(plants.map(({ rule }) => rule));
  const open = names.filter((name) => !planted.has(`wall-${name}`));
  expect(open).toEqual([]);
});
