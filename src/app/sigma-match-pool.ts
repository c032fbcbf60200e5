/** Who looks at the frames of `sigma match`: this thread, or several that take turns. */
import { availableParallelism } from 'node:os';
import { spawnThread } from '../base/thread.ts';
import type { CompiledRule } from '../lang/sigma/index.ts';
import type { Parser } from '../plugins/define.ts';
import { workers } from './paths.ts';
import {
  type FrameInput,
  FrameMatcher,
  type FrameMatches,
  type MatcherSettings,
} from './sigma-match-frame.ts';

export interface MatcherPool {
  readonly threads: number;
  /** The frame's buffer may be empty afterwards. Results are for the caller to put in order. */
  match(frame: FrameInput): Promise<FrameMatches>;
  close(): Promise<void>;
}

/** Below this, threads read the rules for longer than they save. */
const worthBytes = 48 << 20;
const mostThreads = 16;

/** How many threads are worth it beside the one that reads: none for little, and for an amount that nobody knows. */
export function threadsFor(bytes: number | null, cores = availableParallelism()): number {
  return bytes === null || bytes < worthBytes ? 0 : Math.min(cores - 1, mostThreads);
}

/** `threads`: 0 for this one. Threads know the parsers of the product only. */
export function openMatchers(
  threads: number,
  { settings, compiled }: { readonly settings: MatcherSettings; readonly compiled: readonly CompiledRule[] },
  parsers: readonly Parser[],
): MatcherPool {
  if (threads === 0) {
    const matcher = new FrameMatcher(settings, parsers, compiled);
    return {
      threads: 0,
      match: (frame) => Promise.resolve(matcher.match(frame)),
      close: () => Promise.resolve(matcher.keep()),
    };
  }
  // What is told of a rule is told here; the rest of it is much to hand over.
  const slim = {
    ...settings,
    rules: settings.rules.map((rule) => ({ ...rule, source: '', description: '' })),
  };
  const pool = Array.from({ length: threads }, () => startThread(slim));
  let turn = 0;
  return {
    threads,
    match(frame) {
      const thread = pool[turn % threads];
      turn += 1;
      if (thread === undefined) throw new Error('a pool without threads');
      return thread.match(frame);
    },
    async close() {
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}

interface Waiting {
  resolve(answer: FrameMatches | null): void;
  reject(error: Error): void;
}

/** A thread answers in the order in which it was asked. */
function startThread(settings: MatcherSettings): Pick<MatcherPool, 'match' | 'close'> {
  const worker = spawnThread(workers.match, settings);
  const waiting: Waiting[] = [];
  let dead: Error | null = null;
  let hasWorked = false;
  const fail = (error: Error): void => {
    dead ??= error;
    for (const one of waiting.splice(0)) one.reject(error);
  };
  worker.on('message', (answer: FrameMatches | null) => waiting.shift()?.resolve(answer));
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => fail(new Error(`a matching thread ended (exit code ${code})`)));

  function ask(frame: FrameInput | null, transfer: ArrayBuffer[] = []): Promise<FrameMatches | null> {
    if (dead !== null) return Promise.reject(dead);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(frame, transfer);
    });
  }

  return {
    async match(frame) {
      hasWorked = true;
      const { buffer } = frame.buffer;
      const found = await ask(frame, buffer instanceof ArrayBuffer ? [buffer] : []);
      if (found === null) throw new Error('a matching thread answered another question');
      return found;
    },
    async close() {
      // What it has built is kept first, unless the run was broken off.
      if (hasWorked && dead === null && waiting.length === 0) await ask(null);
      dead ??= new Error('the matching thread is closed');
      await worker.terminate();
    },
  };
}
