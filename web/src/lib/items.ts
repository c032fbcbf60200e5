/** Lists in an address: joined by commas; a comma or per cent sign inside an item is escaped. */

export function writeItems(items: readonly string[]): string {
  return items.map((item) => item.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}

export function readItems(text: string): readonly string[] {
  return text
    .split(',')
    .filter((item) => item !== '')
    .map((item) => item.replaceAll('%2C', ',').replaceAll('%25', '%'));
}
