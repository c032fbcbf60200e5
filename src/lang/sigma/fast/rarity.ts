/** Which characters say little because they stand in most values: a guess that only speed depends on. */

/** Folded texts of rules that every second event of their kind has, or holds. */
export const commonValues: ReadonlySet<string> = new Set([
  'true',
  'false',
  'system',
  'high',
  'medium',
  'key',
  'file',
  'process',
  'nt authority\\system',
  'microsoft corporation',
  'microsoft® windows® operating system',
  '|c:\\windows\\system32\\kernelbase.dll+',
]);

/** Folded texts that very many events hold. */
export const commonText =
  'c:\\windows\\system32\\ \\windows\\syswow64\\ c:\\program files (x86)\\ c:\\program files\\ c:\\users\\public\\ ' +
  '\\appdata\\local\\temp\\ \\appdata\\roaming\\ c:\\programdata\\microsoft\\windows\\ \\svchost.exe \\cmd.exe \\explorer.exe ' +
  '\\powershell.exe \\rundll32.exe \\services.exe hklm\\software\\microsoft\\windows nt\\currentversion\\ ' +
  'hkcu\\software\\classes\\ \\registry\\machine\\system\\currentcontrolset\\services\\ \\control\\ nt authority\\system ' +
  'microsoft corporation http:// https:// www. .com/ .dll .exe" - --type= .json .config .ps1 .log .dat ' +
  'new-object system.net. system.io. system.management.automation. system.collections. -property write-host write-output ' +
  'write-verbose invoke-expression invoke-command get-item set-item get-content foreach-object where-object select-object ' +
  'function param [string] [parameter(mandatory=$true)] -erroraction silentlycontinue return $null $false $env: process { } ' +
  'try catch throw -force -path -name -value -argumentlist script module command version convert user host engine';

const grams = new Map<string, number>();
for (let at = 0; at + 4 <= commonText.length; at += 1) {
  const gram = commonText.slice(at, at + 4);
  grams.set(gram, (grams.get(gram) ?? 0) + 1);
}

/** A cost: 0 for four characters that common texts do not hold. */
export function rarityOf(text: string, at: number): number {
  return 8 * (grams.get(text.slice(at, at + 4)) ?? 0);
}
