/** What the modules need of a logger; the composition root hands in pino. */

export type LogFacts = Readonly<Record<string, unknown>>;

/** Static message, facts in fields, never raw events or secrets. warn = recovered; error = the operator must act. */
export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
