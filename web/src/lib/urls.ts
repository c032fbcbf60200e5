/** Search parameters in plain form: `?status=new,closed&text=lsass`, no JSON in the address bar. */

export type PlainSearch = Readonly<Record<string, string>>;

export function parseSearch(text: string): PlainSearch {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: object): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search) as [string, unknown][]) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
  }
  // Nothing has to be escaped there; a person reads it.
  const text = params.toString().replaceAll('%2C', ',').replaceAll('%3D', '=').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

/** The named parameters of a search, the empty ones left out. */
export function pick<K extends string>(
  search: Readonly<Record<string, unknown>>,
  names: readonly K[],
): { readonly [N in K]?: string } {
  const picked: { [N in K]?: string } = {};
  for (const name of names) {
    const value = search[name];
    if (typeof value === 'string' && value !== '') picked[name] = value;
  }
  return picked;
}
