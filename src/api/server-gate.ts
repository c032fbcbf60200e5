/** The gate: host, credentials, origin and policy, in this order, before a body is read. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../base/errors.ts';
import { allowed } from '../features/access/policy.ts';
import type { AccessService, CredentialKind } from '../features/access/types.ts';
import type { Access, Actor } from '../model/actor.ts';

export const sessionCookie = 'wf_session';

export interface Caller {
  readonly actor: Actor;
  readonly secret: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who passed the gate; null before it and on public routes. */
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** What the route asks for; each route of the API has one. */
    access?: Access | 'public';
  }
}

export interface GateConfig {
  /** Address it listens on, `127.0.0.1`, `0.0.0.0`, a name. */
  readonly host: string;
  /** Where people reach it, when that is not the listening address: `https://soc.example.com`. */
  readonly publicUrl?: string | undefined;
}

export interface Gate {
  /** Refuses a host name that is not ours (DNS rebinding: a page elsewhere whose name points here). */
  checkHost(request: FastifyRequest): void;
  /** Throws E_UNAUTHENTICATED or E_FORBIDDEN, both audited. Null where the route is public. */
  admit(request: FastifyRequest, access: Access | 'public', from: Admission): Promise<Caller | null>;
}

export interface Admission {
  readonly kinds: readonly CredentialKind[];
  /** Whether the session cookie counts; elsewhere only `Authorization` does. */
  readonly cookie: boolean;
  /** Whether a token may also come as `Basic` or `ApiKey`, with its owner's name before it: what shippers can send. */
  readonly named?: true;
}

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
const everywhere: readonly string[] = ['0.0.0.0', '::', ''];

/** The name without its port; an IPv6 address without its brackets. */
function hostName(host: string): string {
  const bare = host.toLowerCase();
  if (bare.startsWith('[')) return bare.slice(1, bare.indexOf(']'));
  return bare.replace(/:\d*$/, '');
}

export function createGate(access: AccessService, config: GateConfig): Gate {
  const publicUrl = config.publicUrl === undefined ? null : new URL(config.publicUrl);
  const names = new Set(['localhost', '127.0.0.1', '::1', config.host.toLowerCase()]);
  if (publicUrl !== null) names.add(hostName(publicUrl.host));
  // Rebinding needs a name; an address in the Host header is one that the browser really asked.
  const anyAddress = everywhere.includes(config.host);

  function sameOrigin(request: FastifyRequest): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined) return site === 'same-origin';
    const { origin } = request.headers;
    return origin !== undefined && isOwnOrigin(origin, request);
  }

  /** A sign-in has no cookie yet: what a browser says of its origin must fit, other clients say nothing. */
  function notCrossSite(request: FastifyRequest): boolean {
    const { origin, 'sec-fetch-site': site } = request.headers;
    return (origin === undefined && site === undefined) || sameOrigin(request);
  }

  function isOwnOrigin(origin: string, request: FastifyRequest): boolean {
    return origin === publicUrl?.origin || origin === `http://${request.headers.host ?? ''}`;
  }

  async function refuse(
    request: FastifyRequest,
    actor: Actor | null,
    asked: Access | 'public',
    reason: string,
    error: AppError,
  ): Promise<never> {
    const { action, resource } = asked === 'public' ? { action: 'create', resource: 'session' } : asked;
    await access.auditDenied({ actor, peer: request.ip, reason, action, resource });
    throw error;
  }

  const crossSite = () =>
    new AppError(
      'E_FORBIDDEN',
      'This request comes from another site; only our own pages may use the session.',
    );

  async function admit(request: FastifyRequest, asked: Access | 'public', from: Admission) {
    const changes = !safeMethods.includes(request.method);
    if (asked === 'public') {
      if (!changes || notCrossSite(request)) return null;
      return refuse(request, null, asked, 'cross_site', crossSite());
    }
    const given = credentialOf(request, from.named === true);
    const bearer = given?.secret ?? null;
    const cookie = from.cookie && bearer === null ? (request.cookies[sessionCookie] ?? null) : null;
    const secret = bearer ?? cookie;
    if (secret === null) {
      const error = new AppError('E_UNAUTHENTICATED', 'Sign in, or send a token as Authorization: Bearer.');
      return refuse(request, null, asked, 'no_credentials', error);
    }
    const actor = await access.authenticate(secret, from.kinds, request.ip);
    if (actor === null) {
      const error = new AppError(
        'E_UNAUTHENTICATED',
        'The session or token is unknown, expired or not for this.',
      );
      return refuse(request, null, asked, 'bad_credentials', error);
    }
    if (given?.name !== undefined && given.name !== actor.id) {
      const error = new AppError(
        'E_FORBIDDEN',
        `This token is not of "${given.name}", which is named with it.`,
      );
      return refuse(request, actor, asked, 'other_name', error);
    }
    if (cookie !== null && changes && !sameOrigin(request)) {
      return refuse(request, actor, asked, 'cross_site', crossSite());
    }
    if (!allowed(actor, asked)) {
      const error = new AppError('E_FORBIDDEN', `${actor.name} may not ${asked.action} ${asked.resource}.`, {
        action: asked.action,
        resource: asked.resource,
      });
      return refuse(request, actor, asked, 'forbidden', error);
    }
    return { actor, secret };
  }

  return {
    admit,
    checkHost(request) {
      const name = hostName(request.headers.host ?? '');
      if (names.has(name) || (anyAddress && isIP(name) !== 0)) return;
      throw new AppError(
        'E_FORBIDDEN',
        `This service is not known as ${JSON.stringify(name.slice(0, 100))}; set publicUrl to the address people use.`,
      );
    },
  };
}

interface Credential {
  readonly secret: string;
  /** Whose it is said to be. */
  readonly name?: string;
}

/** `Bearer` (RFC 6750); with `named` also `Basic` (RFC 7617) and Elasticsearch's `ApiKey`, both base64 of NAME:TOKEN. */
function credentialOf(request: FastifyRequest, named: boolean): Credential | null {
  const [, scheme, value] = /^(\w+) +(\S+) *$/.exec(request.headers.authorization ?? '') ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (/^bearer$/i.test(scheme)) return { secret: value };
  if (!named || !/^(basic|apikey)$/i.test(scheme)) return null;
  const [, name, secret] = /^([^:]*):(.+)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? [];
  return secret === undefined || name === undefined ? null : { secret, name };
}
