/** Reads EventData that a pipeline stored as text: JSON, or the XML element. */
import { isObject } from './windows-record.ts';

export type WindowsDataText = Readonly<Record<string, unknown>>;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') return entities[name] ?? whole;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

function fromXml(text: string): WindowsDataText {
  const data: Record<string, unknown> = {};
  for (const match of text.matchAll(/<Data Name=(?:"([^"<>]*)"|'([^'<>]*)')(?:\/>|>([^<]*)<\/Data>)/g)) {
    const name = match[1] ?? match[2] ?? '';
    if (name !== '' && name !== '__proto__') data[decode(name)] = decode(match[3] ?? '');
  }
  return data;
}

/** The fields of EventData, or null when the text is neither of the two forms. */
export function readDataText(text: string): WindowsDataText | null {
  if (text.startsWith('<EventData')) return fromXml(text);
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (thrown) {
    // Text that only looks like JSON stays text. RangeError: nested beyond the engine's stack.
    if (thrown instanceof SyntaxError || thrown instanceof RangeError) return null;
    throw thrown;
  }
}
