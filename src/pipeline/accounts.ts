/** Accounts that Windows' Security log names both by SID and by name: what aliases are learnt from. Pure. */
import type { Instant } from '../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../model/event.ts';

export interface AccountName {
  /** As written: `S-1-5-21-…`. */
  readonly sid: string;
  /** `DOMAIN\name`, or a UPN. */
  readonly name: string;
  /** When the event says that the account was called so. */
  readonly at: Instant;
}

export interface AccountCollector {
  add(event: ParsedEvent, at: Instant): void;
  /** The newest name of each SID. */
  names(): readonly AccountName[];
}

/**
 * Of a domain or a tenant of Entra ID, and no built-in account: those (RID below 1000: Administrator, krbtgt) and the
 * well-known SIDs (S-1-5-18, S-1-5-32-…) are the same on many machines.
 */
const learnable = /^S-1-(?:5-21-\d{1,10}-\d{1,10}-\d{1,10}-[1-9]\d{3,9}|12-1-\d{1,10}(?:-\d{1,10}){3})$/i;

/** Events about one account whose SID stands in `TargetSid`; others have a group or a computer there. */
const aboutAccount = new Set([4720, 4722, 4723, 4724, 4725, 4726, 4738, 4767, 4768, 4781]);

export function createAccountCollector(): AccountCollector {
  const newest = new Map<string, AccountName>();
  const note = (sid: unknown, name: string | null, at: Instant): void => {
    if (name === null || typeof sid !== 'string' || !learnable.test(sid)) return;
    const before = newest.get(sid);
    if (before === undefined || before.at <= at) newest.set(sid, { sid, name, at });
  };
  return {
    add({ native, logsource }, at) {
      if (logsource.product !== 'windows' || native['Channel'] !== 'Security') return;
      note(native['SubjectUserSid'], nameOf(native, 'SubjectUserName', 'SubjectDomainName'), at);
      note(native['TargetUserSid'], nameOf(native, 'TargetUserName', 'TargetDomainName'), at);
      const id = Number(native['EventID']);
      if (!aboutAccount.has(id)) return;
      const field = id === 4781 ? 'NewTargetUserName' : 'TargetUserName';
      note(native['TargetSid'], nameOf(native, field, 'TargetDomainName'), at);
    },
    names: () => [...newest.values()],
  };
}

/**
 * Null where there is no name, and for an account of the machine itself: machines made from one image have the same
 * SIDs, so that the accounts of many would become one.
 */
function nameOf(native: NativeFields, nameField: string, domainField: string): string | null {
  const name = text(native[nameField]);
  const domain = text(native[domainField]);
  if (name === '' || name.endsWith('$') || /^S-1-/i.test(name) || name.includes('\\')) return null;
  if (name.includes('@')) return name;
  if (domain === '' || label(domain) === label(text(native['Computer']))) return null;
  return `${domain}\\${name}`;
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== '-' && value.length <= 200 ? value.trim() : '';
}

function label(name: string): string {
  return (name.split('.')[0] ?? '').toLowerCase();
}
