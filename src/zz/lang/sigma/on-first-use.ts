/** Functions that are built when they are first called: most rules of a collection never see an event of their logsource. */
export function onFirstUse<A, R>(build: () => (given: A) => R): (given: A) => R {
  let built: ((given: A) => R) | null = null;
  return (given) => {
    built ??= build();
    return built(given);
  };
}
