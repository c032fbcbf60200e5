/** The health of sources: rate, lag, clock, what could not be read, and silence. */
export { createHealth, type HealthDeps, windowMs } from './service.ts';
export type {
  Expectation,
  HealthService,
  NoteResumed,
  RaiseVisibility,
  ResumedFacts,
  SilenceFacts,
  SourceHealth,
  UnparsedShapes,
} from './types.ts';
