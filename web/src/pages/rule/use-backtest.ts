/** A backtest as it runs: how far it is, the way to stop it, and what it found. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { client, untilDone } from '../../lib/api.ts';
import type { BacktestItem, BacktestReport } from '../../lib/types.ts';

export interface Backtest {
  readonly status: 'idle' | 'running' | 'done' | 'stopped' | 'failed';
  readonly progress: Extract<BacktestItem, { type: 'progress' }> | null;
  readonly report: BacktestReport | null;
  readonly error: unknown;
}

const idle: Backtest = { status: 'idle', progress: null, report: null, error: null };

interface Asked {
  readonly id: string;
  readonly days: number;
  readonly source?: string;
}

export function useBacktest(): Backtest & {
  readonly start: (asked: Asked) => void;
  readonly stop: () => void;
} {
  const [state, setState] = useState(idle);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback((asked: Asked) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setState({ ...idle, status: 'running' });
    void follow(asked, controller.signal, (change) => {
      if (running.current === controller) setState(change);
    });
  }, []);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState((before) => ({ ...before, status: 'stopped' }));
  }, []);
  return { ...state, start, stop };
}

async function follow(
  asked: Asked,
  signal: AbortSignal,
  change: (next: (before: Backtest) => Backtest) => void,
): Promise<void> {
  try {
    for await (const item of untilDone(await client.rules.backtestStream(asked, { signal }), signal)) {
      change((before) =>
        item.type === 'done'
          ? { ...before, status: 'done', report: item.report }
          : { ...before, progress: item },
      );
    }
  } catch (error) {
    if (!signal.aborted) change((before) => ({ ...before, status: 'failed', error }));
  }
}
