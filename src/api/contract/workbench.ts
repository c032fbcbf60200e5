/** Routes of the rule workbench: a text that is being written, tried on events, backtested, and its versions. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { ruleKinds } from '../../model/rule.ts';
import { RuleState } from './queue-schemas.ts';
import { route } from './route.ts';
import { ActorRef, BacktestReport, instant, RuleExplanation, RuleSummary, Severity } from './schemas.ts';

const readRules = { action: 'read', resource: 'rule' } as const;
const manageRules = { action: 'manage', resource: 'rule' } as const;
const source = z.string().max(1_000_000);
const counter = z.int().nonnegative();
const logsource = z.object({
  product: z.string().optional(),
  service: z.string().optional(),
  category: z.string().optional(),
});

export const RuleFinding = z.object({
  /** `error`: it can not be saved. `note`: true, and perhaps meant. */
  severity: z.enum(['error', 'warning', 'note']),
  /** From 1; the end is exclusive. */
  line: z.int(),
  column: z.int(),
  endColumn: z.int(),
  message: z.string(),
  hint: z.string().nullable(),
});

export const RuleCheck = z.object({
  /** Null while the text is no rule. */
  rule: z
    .object({ id: z.string(), kind: z.enum(ruleKinds), title: z.string(), severity: Severity, logsource })
    .nullable(),
  findings: z.array(RuleFinding),
});
export type RuleCheck = z.infer<typeof RuleCheck>;

export const TrySubject = z.object({
  eventId: z.string().nullable(),
  raw: z.string(),
  time: instant.nullable(),
  /** Why no event could be read. */
  problem: z.string().nullable(),
  /** No parser knows the record: it is taken as it is, for an event of the rule's logsource. */
  assumed: z.boolean(),
  /** Of a rule over many events: it completes a match. */
  matches: z.boolean(),
  /** One of the rules that look at single events matches. */
  feeds: z.boolean(),
  /** Of a rule over many events: what it completes, with the numbers of the events that the match rests on. */
  completes: z.array(z.object({ group: z.string(), value: z.number(), subjects: z.array(z.int()) })),
  explanations: z.array(RuleExplanation.extend({ ruleId: z.string(), title: z.string() })),
});
export type TrySubject = z.infer<typeof TrySubject>;

export const RuleTry = z.object({
  kind: z.enum(['single', 'many']),
  /** What the trial can not show. */
  notes: z.array(z.string()),
  subjects: z.array(TrySubject),
});
export type RuleTry = z.infer<typeof RuleTry>;

export const BacktestItem = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    /** Days of event time that are done, of how many. */
    days: counter,
    ofDays: counter,
    candidates: counter,
    matches: counter,
  }),
  z.object({ type: z.literal('done'), report: BacktestReport }),
]);
export type BacktestItem = z.infer<typeof BacktestItem>;

export const RuleVersion = z.object({
  /** From 1. */
  number: z.int(),
  hash: z.string(),
  at: instant,
  actor: ActorRef,
  message: z.string(),
});
export type RuleVersion = z.infer<typeof RuleVersion>;

export const RuleEvidence = z.object({
  id: z.string(),
  ruleId: z.string(),
  expect: z.enum(['match', 'miss']),
  why: z.string(),
  /** As it was given. */
  record: z.string(),
  /** `pack`: came with the rule, and goes with its next load. */
  origin: z.enum(['pack', 'person']),
  /** Number of the text that it was added to. */
  ruleVersion: z.int(),
  addedAt: instant,
  addedBy: z.string(),
});
export const EvidenceOutcome = RuleEvidence.extend({ passes: z.boolean(), explanation: RuleExplanation });
export type EvidenceOutcome = z.infer<typeof EvidenceOutcome>;

const Word = z.object({ name: z.string(), detail: z.string() });

export const RuleVocabulary = z.object({
  /** Words by the map that holds them, `''` for the document. */
  keys: z.record(z.string(), z.array(Word)),
  values: z.record(z.string(), z.array(Word)),
  condition: z.array(Word),
  /** A modifier may follow those of `after`, and needs one before it. */
  modifiers: z.array(
    z.object({ name: z.string(), needs: z.string().nullable(), after: z.array(z.string()) }),
  ),
  logsources: z.array(
    z.object({
      product: z.string(),
      service: z.string(),
      category: z.string(),
      /** Received here so far; a number of events may stand in several rows. */
      events: counter,
      rules: counter,
    }),
  ),
  tags: z.array(z.object({ name: z.string(), rules: counter })),
  names: z.array(z.object({ id: z.string(), title: z.string() })),
});
export type RuleVocabulary = z.infer<typeof RuleVocabulary>;

export const LogsourceFields = z.object({
  sampled: counter,
  fields: z.array(
    z.object({
      name: z.string(),
      count: counter,
      values: z.array(z.object({ value: z.string(), count: counter })),
    }),
  ),
});

export const workbenchRoutes = {
  check: route({
    method: 'POST',
    path: '/rules/check',
    tag: 'rules',
    access: readRules,
    summary: 'What is wrong with a text that is being written, with its place; nothing is changed',
  })
    .input(z.object({ id: z.string().nullable().default(null), source }))
    .output(RuleCheck),
  tryOut: route({
    method: 'POST',
    path: '/rules/try',
    tag: 'rules',
    access: readRules,
    summary: 'Which of these events a rule matches, and why or why not: pasted records and stored events',
  })
    .input(
      z.object({
        id: z.string().nullable().default(null),
        /** In place of the stored document. */
        source: source.optional(),
        /** As sources send them: JSON, Windows events as XML, tables, lines. At most 200. */
        records: z.string().max(2_000_000).optional(),
        eventIds: z.array(z.string()).max(200).optional(),
      }),
    )
    .output(RuleTry),
  vocabulary: route({
    method: 'GET',
    path: '/rules/vocabulary',
    tag: 'rules',
    access: readRules,
    summary: 'Words for rules: of the language, and the logsources, tags and rules that are here',
  }).output(RuleVocabulary),
  fields: route({
    method: 'GET',
    path: '/rules/fields',
    tag: 'rules',
    access: { action: 'read', resource: 'event' },
    summary: 'Fields of the newest events that a rule with this logsource would see',
  })
    .input(logsource)
    .output(LogsourceFields),
  create: route({
    method: 'POST',
    path: '/rules/new',
    tag: 'rules',
    access: manageRules,
    summary: 'Add a rule that was written here; E_CONFLICT when its id is taken',
  })
    .input(z.object({ source, message: z.string().max(500).default(''), state: RuleState.default('off') }))
    .output(RuleSummary),
  diff: route({
    method: 'POST',
    path: '/rules/diff',
    tag: 'rules',
    access: readRules,
    summary: 'Two texts as a unified diff',
  })
    .input(z.object({ before: source, after: source }))
    .output(z.object({ diff: z.string() })),
  versions: route({
    method: 'GET',
    path: '/rules/{id}/versions',
    tag: 'rules',
    access: readRules,
    summary: 'Texts that a rule had, newest first',
  })
    .input(z.object({ id: z.string() }))
    .output(z.object({ items: z.array(RuleVersion) })),
  version: route({
    method: 'GET',
    path: '/rules/{id}/versions/{number}',
    tag: 'rules',
    access: readRules,
    summary: 'One of them, with its text',
  })
    .input(z.object({ id: z.string(), number: z.coerce.number().int().min(1) }))
    .output(RuleVersion.extend({ source: z.string() })),
  testEvidence: route({
    method: 'POST',
    path: '/rules/{id}/evidence/test',
    tag: 'rules',
    access: readRules,
    summary: 'The events that a rule has to match and those that it must not, and whether it does',
  })
    .input(z.object({ id: z.string(), source: source.optional() }))
    .output(
      z.object({
        /** `many`: a rule over many events; evidence is for those over single ones. */
        kind: z.enum(['single', 'many']),
        items: z.array(EvidenceOutcome),
      }),
    ),
  test: route({
    method: 'POST',
    path: '/rules/test',
    tag: 'rules',
    access: readRules,
    summary: 'Hold every rule that has evidence, or those named, against it',
  })
    .input(z.object({ ids: z.array(z.string()).max(10_000).optional() }))
    .output(
      z.object({
        rules: counter,
        evidence: counter,
        failed: z.array(
          z.object({
            ruleId: z.string(),
            title: z.string(),
            expect: z.enum(['match', 'miss']),
            why: z.string(),
          }),
        ),
      }),
    ),
  addEvidence: route({
    method: 'POST',
    path: '/rules/{id}/evidence',
    tag: 'rules',
    access: manageRules,
    summary: 'Keep an event that the rule has to match, or must not: a stored one, or a pasted record',
  })
    .input(
      z.object({
        id: z.string(),
        expect: z.enum(['match', 'miss']),
        why: z.string().trim().min(1).max(500),
        record: z.string().max(1_000_000).optional(),
        eventId: z.string().optional(),
      }),
    )
    .output(RuleEvidence),
  removeEvidence: route({
    method: 'DELETE',
    path: '/rules/{id}/evidence/{evidence}',
    tag: 'rules',
    access: manageRules,
    summary: 'Take an event out of the evidence',
  })
    .input(z.object({ id: z.string(), evidence: z.string() }))
    .output(z.object({ id: z.string() })),
  backtestStream: route({
    method: 'POST',
    path: '/rules/{id}/backtest/stream',
    tag: 'rules',
    access: manageRules,
    summary: 'A backtest as server-sent events: how far it is, then the report; ends when the request does',
  })
    .input(
      z.object({
        id: z.string(),
        days: z.int().min(1).max(400).default(7),
        /** The document to try in place of the stored one. */
        source: source.optional(),
      }),
    )
    .output(eventIterator(BacktestItem)),
};
