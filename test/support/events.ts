/** Made-up Windows events for tests, with or without a match of a starter rule. */

type Fields = Readonly<Record<string, unknown>>;

/** What the starter rule for encoded PowerShell matches. */
export const suspicious: Fields = {
  Image: 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  CommandLine: 'powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAKQA=',
};

/** A process creation of Sysmon as a flat shipper sends it; `n` makes it differ from others. */
export function processEvent(n: number, over: Fields = {}): Fields {
  return {
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: 'WS-1.corp.example',
    TimeCreated: new Date(Date.UTC(2026, 0, 5) + n * 1_000).toISOString(),
    Image: 'C:\\Windows\\System32\\notepad.exe',
    CommandLine: `notepad.exe note-${n}.txt`,
    ParentImage: 'C:\\Windows\\explorer.exe',
    User: 'CORP\\a.novak',
    ProcessId: 4_000 + n,
    ...over,
  };
}

/** `count` events of a host; every `every`th matches. */
export function processEvents(host: string, count: number, every = Number.POSITIVE_INFINITY): Fields[] {
  return Array.from({ length: count }, (_, n) =>
    processEvent(n, { Computer: host, ...(n % every === every - 1 ? suspicious : {}) }),
  );
}

export function ndjson(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
