/** `npm run bench [stages|sigma|correlation|narrowing|exact|queue|console|service]`: prints the tables of docs/benchmarks.md. */
import { cpus } from 'node:os';
import { benchConsole } from './console.ts';
import { benchCorrelation } from './correlation.ts';
import { benchExact } from './exact.ts';
import { benchNarrowing } from './narrowing.ts';
import { benchQueue } from './queue.ts';
import { benchService } from './service.ts';
import { benchSigma } from './sigma.ts';
import { benchStages } from './stages.ts';

const [only] = process.argv.slice(2);
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`,
);
if (only === undefined || only === 'stages') await benchStages();
if (only === undefined || only === 'sigma') await benchSigma();
if (only === undefined || only === 'correlation') await benchCorrelation();
if (only === undefined || only === 'narrowing') await benchNarrowing();
if (only === undefined || only === 'exact') await benchExact();
if (only === undefined || only === 'console') await benchConsole();
if (only === undefined || only === 'service') await benchService();
if (only === undefined || only === 'queue') await benchQueue();
