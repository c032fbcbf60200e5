/** The shapes of records that could not be read, most frequent first. */
import { shapeOf } from './shape.ts';
import type { UnparsedShape, UnparsedShapes } from './types.ts';

const shownShapes = 10;
const exampleLength = 2_000;

export async function shapesOf(
  found: AsyncIterable<{ readonly raw: string; readonly unparsed: string; readonly event_id: string }>,
): Promise<UnparsedShapes> {
  const shapes = new Map<string, UnparsedShape>();
  let sampled = 0;
  for await (const { raw, unparsed: reason, event_id: eventId } of found) {
    sampled += 1;
    const shape = shapeOf(raw);
    const key = `${reason}\n${shape}`;
    const known = shapes.get(key);
    const example = known?.example ?? { eventId, raw: raw.slice(0, exampleLength) };
    shapes.set(key, { shape, reason, count: (known?.count ?? 0) + 1, example });
  }
  const ranked = [...shapes.values()].sort((a, b) => b.count - a.count);
  return { sampled, shapes: ranked.slice(0, shownShapes) };
}
