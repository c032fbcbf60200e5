/** Options that stand before the command, as many programs take them: `watchfloor --data DIR alerts list`. */

const withValue = ['--data', '--config', '--server', '--token', '--port', '--host'];
const flags = ['--json', '--demo'];

/**
 * Moves the shared options from before the command to its end (before a `--`), where every command that
 * has them declares them; one that has not says so. Arguments are those after the program's name.
 */
export function commandFirst(args: readonly string[]): readonly string[] {
  let at = 0;
  for (let word = args[0]; word !== undefined; word = args[at]) {
    if (withValue.includes(word) && at + 1 < args.length) at += 2;
    else if (flags.includes(word) || withValue.some((name) => word?.startsWith(`${name}=`))) at += 1;
    else break;
  }
  const rest = args.slice(at);
  if (at === 0 || rest.length === 0) return args;
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  return [...rest.slice(0, end), ...args.slice(0, at), ...rest.slice(end)];
}
