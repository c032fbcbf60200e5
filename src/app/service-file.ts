/** The file by which a command on the same machine finds a running service, and proves that it may. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileName = 'service.json';

const ServiceFile = z.object({
  /** Address that the service listens on, `http://127.0.0.1:4880`. */
  url: z.string(),
  pid: z.number(),
  /** API token of the identity `local-cli`; a new one at each start. */
  token: z.string(),
  startedAt: z.string(),
});
export type ServiceFile = z.infer<typeof ServiceFile>;

/** Mode 0600 from the first byte on; appears whole or not at all. */
export async function writeServiceFile(dataDir: string, content: ServiceFile): Promise<void> {
  const temporary = join(dataDir, `${fileName}.${process.pid}`);
  await rm(temporary, { force: true });
  await writeFile(temporary, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(temporary, join(dataDir, fileName));
}

/** Null when there is none, or when it is not one (a newer or older service wrote it). */
export async function readServiceFile(dataDir: string): Promise<ServiceFile | null> {
  let text: string;
  try {
    text = await readFile(join(dataDir, fileName), 'utf8');
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return null;
    throw thrown;
  }
  try {
    return ServiceFile.parse(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) return null;
    throw thrown;
  }
}

export async function removeServiceFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, fileName), { force: true });
}
