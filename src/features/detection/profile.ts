/** Profiles: which state a rule gets when it is first loaded, as data. */
import { load } from 'js-yaml';
import { z } from 'zod';
import { type RuleState, ruleStates } from '../../model/rule.ts';
import { type Severity, severities } from '../../model/severity.ts';

const When = z.strictObject({
  status: z.array(z.string()).min(1).optional(),
  level: z.array(z.enum(severities)).min(1).optional(),
  path: z.array(z.string().min(1)).min(1).optional(),
  tags: z.array(z.string().min(1)).min(1).optional(),
  pack: z.array(z.string().min(1)).min(1).optional(),
});
const ProfileFile = z.strictObject({
  description: z.string().min(1),
  rules: z
    .array(z.strictObject({ why: z.string().min(1), when: When.optional(), state: z.enum(ruleStates) }))
    .min(1)
    .refine((rules) => rules.at(-1)?.when === undefined, 'the last entry has to be one without `when`'),
});

export interface Profile {
  readonly description: string;
  readonly rules: z.output<typeof ProfileFile>['rules'];
}

export interface ProfiledRule {
  readonly status: string;
  readonly severity: Severity;
  readonly path: string;
  readonly tags: readonly string[];
}

/** Throws a plain Error that names the place: profiles are part of the program. */
export function parseProfile(yaml: string): Profile {
  return ProfileFile.parse(load(yaml, { maxAliases: 0 }));
}

export function stateByProfile(profile: Profile, rule: ProfiledRule, pack: string): RuleState {
  const entry = profile.rules.find(({ when }) => when === undefined || holds(when, rule, pack));
  if (entry === undefined) throw new Error('a profile ends with an entry for every rule');
  return entry.state;
}

function holds(when: z.output<typeof When>, rule: ProfiledRule, pack: string): boolean {
  const path = rule.path.toLowerCase();
  return (
    (when.status?.includes(rule.status.toLowerCase()) ?? true) &&
    (when.level?.includes(rule.severity) ?? true) &&
    (when.path?.some((part) => path.includes(part.toLowerCase())) ?? true) &&
    (when.tags?.some((tag) => rule.tags.some((own) => tagMatches(own.toLowerCase(), tag))) ?? true) &&
    (when.pack?.includes(pack) ?? true)
  );
}

function tagMatches(own: string, wanted: string): boolean {
  return wanted.endsWith('*') ? own.startsWith(wanted.slice(0, -1)) : own === wanted;
}
