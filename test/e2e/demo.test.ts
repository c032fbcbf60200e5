/** `npm start -- --demo`: the attack is in the queue soon after the service listens, once, and the everyday goes on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  eventually,
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';

describe('the demo', () => {
  let data: Awaited<ReturnType<typeof temporaryData>>;
  let service: ServiceProcess;

  beforeAll(async () => {
    data = await temporaryData('demo');
    service = await startServiceProcess(data.dir, ['--demo']);
  });
  afterAll(async () => {
    await service?.stop();
    await data?.remove();
  });

  const lines = async (...args: string[]) =>
    jsonLines((await runWatchfloor([...args, '--json', '--data', data.dir])).stdout);
  const alertTitles = async () => (await lines('alerts', 'list')).map((alert) => String(alert['title']));

  it('has the attack in the queue', async () => {
    const titles = await eventually(async () => {
      const found = await alertTitles();
      return found.length >= 8 ? found : null;
    }, 'the alerts of the attack');
    expect(titles).toContain('Process Memory Dumped Through comsvcs.dll');
    expect(titles).toContain('Secrets Replicated by an Account That Is No Domain Controller');
  });

  it('goes on with its everyday', async () => {
    const rows = async () => {
      const [status = {}] = await lines('status');
      return Number(Reflect.get(Object(status['events']), 'rows'));
    };
    const before = await rows();
    await eventually(async () => ((await rows()) > before ? true : null), 'more records');
  });

  it('tells its story once: a second start on the directory opens no further alert', async () => {
    const before = await alertTitles();
    await service.stop();
    service = await startServiceProcess(data.dir, ['--demo']);
    expect((await alertTitles()).toSorted()).toEqual(before.toSorted());
  });
});
