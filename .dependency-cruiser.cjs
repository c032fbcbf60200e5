// Turns layers.json into walls. test/walls plants a violation of each rule and sees it caught.
const layers = require('./layers.json');

const test = '[.](test|fixture)[.]tsx?$';
const drivers = '^node_modules/(chdb|@clickhouse|@electric-sql|pg|pg-boss|@nats-io)/';
// Every folder of store/ but its contract suites holds an adapter.
const adapters = '^src/store/(?!contract/)[^/]+/';
const inputOutput =
  '^(node:)?(fs|fs/promises|net|dgram|http|http2|https|tls|dns|dns/promises|child_process|cluster|worker_threads)$';

const mayImport = (name, may) => `^src/(${[name, ...may].join('|')})(/|[.]ts$)`;
const wall = ([name, may]) => ({
  name: `wall-${name}`,
  severity: 'error',
  comment: `${name}/ may import only ${may.join(', ') || 'nothing'}: see layers.json`,
  from: { path: `^src/${name}/`, pathNot: test },
  to: { path: '^src/', pathNot: mayImport(name, may) },
});

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(wall),
    {
      name: 'unlisted-module',
      severity: 'error',
      comment: 'a new folder of src/ gets a line in layers.json first',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(layers).join('|')})/` },
      to: {},
    },
    {
      name: 'features-are-islands',
      severity: 'error',
      comment: 'features meet through store ports, or through an interface that app fills',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'plugins-are-islands',
      severity: 'error',
      comment: 'a plug-in is one file; what several of a kind share stands in its lib/',
      from: { path: '^src/plugins/([^/]+)/', pathNot: `^src/plugins/[^/]+/index[.]generated[.]ts$|${test}` },
      to: { path: '^src/plugins/', pathNot: '^src/plugins/(define[.]ts$|lib/|$1/lib/)' },
    },
    {
      name: 'plugins-are-picked-at-roots',
      severity: 'error',
      comment: 'only app and the pipeline worker, the root of its thread, may name the list of plug-ins',
      from: { path: '^src/', pathNot: `^src/(app/|plugins/|pipeline/worker[.]ts$)|${test}` },
      to: { path: '^src/plugins/[^/]+/index[.]generated[.]ts$' },
    },
    {
      name: 'pure-means-pure',
      severity: 'error',
      comment: 'no files, network or processes in model, lang and parsers',
      from: { path: '^src/(model|lang|plugins/parsers)/', pathNot: test },
      to: { dependencyTypes: ['core'], path: inputOutput },
    },
    {
      name: 'drivers-behind-store',
      severity: 'error',
      comment: 'a database driver is used by its adapter and by nothing else',
      from: { path: '^src/', pathNot: adapters },
      to: { path: drivers },
    },
    {
      name: 'only-app-picks-adapters',
      severity: 'error',
      comment: 'features and pipeline must not know which engine they run on',
      from: { path: '^src/', pathNot: `^src/(app|store)/|${test}` },
      to: { path: adapters },
    },
    {
      name: 'contract-is-data',
      severity: 'error',
      comment: 'the console and the command line read api/contract, so it drags in no implementation',
      from: { path: '^src/api/contract/', pathNot: test },
      to: { path: '^src/', pathNot: '^src/(base|model|api/contract)/' },
    },
    {
      name: 'console-sees-contract-only',
      severity: 'error',
      comment: 'the console is a client like any other; the search language it reads where it is typed',
      from: { path: '^web/' },
      to: { path: '^src/', pathNot: '^src/(api/contract|lang/query)/' },
    },
    {
      name: 'sigma-stands-alone',
      severity: 'error',
      comment: 'lang/sigma can be published by itself',
      from: { path: '^src/lang/sigma/', pathNot: test },
      to: { path: '^src/', pathNot: '^src/(base|lang/sigma)/' },
    },
    {
      name: 'service-knows-no-console',
      severity: 'error',
      comment: 'the console is built apart and served as files',
      from: { path: '^src/' },
      to: { path: '^web/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'type-only circles included',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'an import that is not found is an import that no wall sees',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
  },
};
