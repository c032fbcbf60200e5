/** Every migration, oldest first. A released one never changes: a correction is a new one. */
import type { Migration } from '../migrate.ts';
import { initial } from './001-initial.ts';
import { legalHolds } from './002-legal-holds.ts';
import { queueMigration } from './003-queue.ts';
import { sourceWatch } from './005-source-watch.ts';
import { ruleKinds } from './006-rule-kinds.ts';
import { ruleWorkbench } from './007-rule-workbench.ts';
import { expiryAndAccounts } from './009-expiry-and-accounts.ts';

export const migrations: readonly Migration[] = [
  initial,
  legalHolds,
  queueMigration,
  sourceWatch,
  ruleKinds,
  ruleWorkbench,
  expiryAndAccounts,
];
