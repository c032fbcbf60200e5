/** For the test of a SIGKILL: commits pairs of rows without end and says the number of each after its commit. */
import { silentLogger } from '../../base/logger.ts';
import { openPgliteRecords } from './records.ts';

const [directory = '', seed = ''] = process.argv.slice(2);
const records = await openPgliteRecords({ directory, seed, logger: silentLogger, durable: false });
await records.migrate();
for (let n = 0; ; n += 1) {
  await records.transaction(async (tx) => {
    await tx
      .insertInto('meta')
      .values({ key: `a${n}`, value: 'x'.repeat(500) })
      .execute();
    await tx
      .insertInto('meta')
      .values({ key: `b${n}`, value: 'x'.repeat(500) })
      .execute();
  });
  process.stdout.write(`${n}\n`);
}
