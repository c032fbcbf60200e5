/** The syslog listeners of the configuration. */
import { messageOf } from '../../base/errors.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { SourceId, TenantId } from '../../model/ids.ts';
import { connectionChain } from '../identity.ts';
import type { FeedDeps } from './feed.ts';
import type { Listener, ListenerDeps, ListenerOptions, TlsFiles } from './listener.ts';
import { listenTcp } from './tcp.ts';
import { listenUdp } from './udp.ts';

export interface SyslogListenerConfig {
  readonly source: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly zone?: string | undefined;
  readonly maxConnections: number;
  /** Where the transport is `tls`. */
  readonly tls?: TlsFiles | undefined;
}

export type ListenDeps = FeedDeps & Pick<ListenerDeps, 'logger' | 'every'>;

export interface SyslogListeners {
  readonly addresses: readonly (Listener['address'] & {
    readonly source: string;
    readonly transport: string;
  })[];
  stop(): Promise<void>;
}

const flushMs = 200;
const warnEveryMs = 60_000;

/** Starts all; when one can't, none is left running. Throws AppError E_PORT_TAKEN, E_CONFIG. */
export async function startSyslogListeners(
  configs: readonly SyslogListenerConfig[],
  tenant: TenantId,
  deps: ListenDeps,
): Promise<SyslogListeners> {
  const started: { readonly config: SyslogListenerConfig; readonly listener: Listener }[] = [];
  let stopping: Promise<unknown> | null = null;
  const stop = async (): Promise<void> => {
    stopping ??= Promise.all(started.map(({ listener }) => listener.stop()));
    await stopping;
  };
  const shared = listenerDeps(tenant, deps);
  try {
    for (const config of configs) {
      const options = optionsOf(config, tenant);
      const listener = await (config.transport === 'udp' ? listenUdp : listenTcp)(options, shared);
      started.push({ config, listener });
      const { source, transport } = config;
      deps.logger.info({ source, transport, ...listener.address }, 'listening for syslog');
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    addresses: started.map(({ config, listener }) => ({
      source: config.source,
      transport: config.transport,
      ...listener.address,
    })),
    stop,
  };
}

function optionsOf(config: SyslogListenerConfig, tenant: TenantId): ListenerOptions {
  const { source, host, port, zone, maxConnections, tls } = config;
  return {
    source,
    host,
    port,
    maxConnections,
    flushMs,
    ...(tls === undefined ? {} : { tls }),
    facts: {
      tenant,
      source: source as SourceId,
      decoder: 'text',
      ...(zone === undefined ? {} : { zone }),
    },
  };
}

function listenerDeps(tenant: TenantId, deps: ListenDeps): ListenerDeps {
  const { clock, counters, logger } = deps;
  const warnedAt = new Map<string, number>();
  return {
    ...deps,
    chain: (source) => connectionChain(tenant, source as SourceId, uuidv7(clock.now())),
    lost(source, records, thrown) {
      counters.add(`listen.${source}.lost`, records);
      logger.error(
        { source, records, reason: messageOf(thrown) },
        'records of a syslog sender could not be stored',
      );
    },
    dropped(source) {
      const now = clock.now();
      if (now - (warnedAt.get(source) ?? 0) < warnEveryMs) return;
      warnedAt.set(source, now);
      const { [`listen.${source}.dropped`]: total } = counters.snapshot();
      logger.error({ source, total }, 'datagrams are dropped: they come faster than they can be stored');
    },
  };
}
