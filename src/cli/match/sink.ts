/** Where matches go: standard output or a file. */
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { MatchSink } from './writers.ts';

export interface OpenSink extends MatchSink {
  close(): Promise<void>;
}

/** Throws the system's error when the file can't be written. */
export async function openSink(path: string | undefined): Promise<OpenSink> {
  if (path === undefined || path === '-') return standardOutput();
  const stream: WriteStream = (await open(path, 'w')).createWriteStream();
  // Told to whoever writes next, or waits for the end.
  stream.on('error', () => undefined);
  return {
    terminalWidth: null,
    async write(text) {
      if (stream.errored !== null) throw stream.errored;
      if (!stream.write(text)) await once(stream, 'drain');
    },
    async close() {
      if (!stream.closed) {
        stream.end();
        await once(stream, 'close');
      }
      if (stream.errored !== null) throw stream.errored;
    },
  };
}

function standardOutput(): OpenSink {
  const { stdout } = process;
  return {
    terminalWidth: stdout.isTTY ? stdout.columns : null,
    async write(text) {
      // Whoever read along has seen enough (`| head`).
      if (stdout.errored !== null || stdout.write(text)) return;
      try {
        await once(stdout, 'drain');
      } catch (thrown) {
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPIPE')) throw thrown;
      }
    },
    close: () => Promise.resolve(),
  };
}
