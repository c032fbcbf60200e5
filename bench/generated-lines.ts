/** Process creations with command lines that no event before had. */

const programs = [
  'C:\\Windows\\System32\\cmd.exe',
  'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  'C:\\Windows\\System32\\rundll32.exe',
  'C:\\Windows\\System32\\net.exe',
  'C:\\Windows\\System32\\reg.exe',
  'C:\\Windows\\System32\\schtasks.exe',
  'C:\\Windows\\System32\\wbem\\WMIC.exe',
  'C:\\Program Files\\Java\\bin\\java.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
const words = [
  '/c',
  '/s',
  '/f',
  '/create',
  '/tn',
  '-nop',
  '-w',
  'hidden',
  '-ExecutionPolicy',
  'Bypass',
  '-File',
  '-Command',
  'add',
  'query',
  'user',
  'process',
  'call',
  'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion',
  '--type=renderer',
  '--lang=en-US',
  '-jar',
  'echo',
  '>',
  '&&',
  'C:\\Users\\Public\\',
  '%TEMP%\\',
  'http://',
  '.ps1',
  '.dll,Start',
  'New-Object',
  'Get-Process',
  '|',
  'Out-File',
  '"',
  '=',
  'localgroup',
];

/** `count` lines; those of another pass have other command lines. */
export function generatedLines(count: number, pass: number): readonly string[] {
  let state = 12_345 + pass * 7_919;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? '';
  const argument = (): string =>
    random(3) === 0 ? `${random(1e9).toString(36)}${random(1e9).toString(36)}` : pick(words);
  return Array.from({ length: count }, (_, at) => {
    const program = pick(programs);
    const given = Array.from({ length: 3 + random(12) }, argument).join(' ');
    return JSON.stringify({
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      Provider_Name: 'Microsoft-Windows-Sysmon',
      Computer: `WS${random(500)}.corp.example`,
      UtcTime: `2026-11-24 07:15:${10 + random(50)}.${100 + random(900)}`,
      ProcessGuid: `{30323283-884b-c20b-${1_000 + random(9_000)}-${100_000_000_000 + pass * 1_000_000 + at}}`,
      ProcessId: String(random(20_000)),
      Image: program,
      FileVersion: '10.0.19041.546 (WinBuild.160101.0800)',
      Description: 'Windows Command Processor',
      Product: 'Microsoft® Windows® Operating System',
      Company: 'Microsoft Corporation',
      OriginalFileName: program.slice(program.lastIndexOf('\\') + 1),
      CommandLine: `${program} ${given} ${pass}-${at}`,
      CurrentDirectory: 'C:\\Windows\\system32\\',
      User: `CORP\\user${random(300)}`,
      LogonId: `0x${random(1e9).toString(16)}`,
      IntegrityLevel: 'High',
      Hashes: `SHA1=${random(1e9).toString(16)}${random(1e9).toString(16)},MD5=${random(1e9).toString(16)}`,
      ParentImage: pick(programs),
      ParentCommandLine: `${pick(programs)} ${argument()} ${argument()}`,
    });
  });
}
