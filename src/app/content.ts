/** Content that ships with the program: starter rules. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../base/ids.ts';
import type { RuleFile, RulesService } from '../features/detection/index.ts';
import { mainTenant } from '../model/ids.ts';
import type { Records } from '../store/records.ts';
import { paths } from './paths.ts';

const metaKey = 'starter_rules';

/** Loads the starter rules when they are not those that were loaded last: edits made here since then stay. */
export async function loadStarterRules({
  rules,
  records,
}: {
  rules: RulesService;
  records: Records;
}): Promise<void> {
  const files: RuleFile[] = [];
  for (const name of (await readdir(paths.starterRules)).sort()) {
    if (!name.endsWith('.yml')) continue;
    files.push({
      path: `content/rules/${name}`,
      content: await readFile(join(paths.starterRules, name), 'utf8'),
    });
  }
  const hash = sha256Hex(JSON.stringify(files));
  const known = await records.db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', metaKey)
    .executeTakeFirst();
  if (known?.value === hash) return;
  const report = await rules.loadStarterRules(mainTenant, files);
  const [refused] = report.refused;
  if (refused !== undefined) throw new Error(`starter rule ${refused.file} is refused: ${refused.reason}`);
  await records.db
    .insertInto('meta')
    .values({ key: metaKey, value: hash })
    .onConflict((c) => c.column('key').doUpdateSet({ value: hash }))
    .execute();
}
