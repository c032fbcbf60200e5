/** Focuses what is drawn only when something has been read, if that is soon. */

const patienceMs = 3_000;

export function focusWhenThere(target: { readonly current: HTMLElement | null }): void {
  const until = performance.now() + patienceMs;
  const look = (): void => {
    if (target.current !== null) target.current.focus();
    else if (performance.now() < until) requestAnimationFrame(look);
  };
  look();
}
