export type OcsfEvent = Readonly<Record<string, unknown>>;
