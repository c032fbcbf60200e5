/** What was started is stopped in reverse order, each part within its time, whatever the others do. */
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

export interface StopReport {
  /** Names of the parts that threw or did not end in time, in the order of stopping. */
  readonly failed: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly stop: () => void | Promise<void>;
  readonly timeoutMs: number;
}

export interface StopStackOptions {
  readonly logger: Logger;
  /** For parts that state none of their own. */
  readonly timeoutMs?: number;
  /** Runs `then` after `ms`, returns how to cancel it; tests pass one that they move by hand. */
  readonly after?: (ms: number, then: () => void) => () => void;
}

function realAfter(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => {
    clearTimeout(timer);
  };
}

export class StopStack {
  private readonly entries: Entry[] = [];
  private readonly logger: Logger;
  private readonly timeoutMs: number;
  private readonly after: (ms: number, then: () => void) => () => void;
  private stopping: Promise<StopReport> | null = null;

  constructor(options: StopStackOptions) {
    this.logger = options.logger;
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.after = options.after ?? realAfter;
  }

  /**
   * Adds how to stop what has just been started. Throws when stopping has begun: what starts then
   * would be left running, so its starter must stop it itself.
   */
  push(name: string, stop: () => void | Promise<void>, timeoutMs = this.timeoutMs): void {
    if (this.stopping !== null) throw new Error(`can't start ${name}: the service is stopping`);
    this.entries.push({ name, stop, timeoutMs });
  }

  /** Stops everything, last started first. Every call gets the one report; it never rejects. */
  stop(): Promise<StopReport> {
    this.stopping ??= this.stopAll();
    return this.stopping;
  }

  private async stopAll(): Promise<StopReport> {
    const failed: string[] = [];
    for (const entry of this.entries.toReversed()) {
      const fault = await this.stopOne(entry);
      if (fault !== null) {
        failed.push(entry.name);
        this.logger.error({ part: entry.name, fault }, 'a part did not stop cleanly');
      }
    }
    return { failed };
  }

  /** Null when it ended well, else what was wrong. */
  private async stopOne(entry: Entry): Promise<string | null> {
    let cancel = (): void => undefined;
    const late = new Promise<string>((resolve) => {
      cancel = this.after(entry.timeoutMs, () => {
        resolve(`not stopped after ${entry.timeoutMs} ms`);
      });
    });
    const ended = async (): Promise<string | null> => {
      try {
        await entry.stop();
        return null;
      } catch (thrown) {
        return messageOf(thrown);
      }
    };
    const fault = await Promise.race([ended(), late]);
    cancel();
    return fault;
  }
}
