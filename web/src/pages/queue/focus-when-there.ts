/** Focuses what is drawn only when something has been read, if that is soon. */

const patienceMs = 3_000;

export function focusWhenThere(find: () => HTMLElement | null): void {
  const until = performance.now() + patienceMs;
  const look = (): void => {
    const target = find();
    if (target !== null) target.focus();
    else if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
}
