/** Focuses what is drawn only when something has been read or scrolled to, if that is soon. */

const patienceMs = 3_000;

export function focusWhenThere(find: () => HTMLElement | null): void {
  untilThere(() => {
    const target = find();
    target?.focus();
    return target !== null;
  });
}

/** Looks in each frame until `look` is content or the patience is over; the returned function ends it. */
export function untilThere(look: () => boolean): () => void {
  const until = performance.now() + patienceMs;
  let frame = 0;
  const next = (): void => {
    if (look() || performance.now() >= until) return;
    frame = requestAnimationFrame(next);
  };
  next();
  return () => cancelAnimationFrame(frame);
}
