/** Data of the program that the queue works by: what never groups, and the profiles of rules. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseNeverGroup } from '../features/assets/assets.ts';
import { type Profile, parseProfile } from '../features/detection/index.ts';
import type { NeverGroupPattern } from '../model/never-group.ts';
import { paths } from './paths.ts';

export async function readNeverGroup(): Promise<readonly NeverGroupPattern[]> {
  return parseNeverGroup(await readFile(paths.neverGroup, 'utf8'));
}

/** By the name of the file. */
export async function readProfiles(): Promise<ReadonlyMap<string, Profile>> {
  const profiles = new Map<string, Profile>();
  for (const file of (await readdir(paths.profiles)).sort()) {
    if (!file.endsWith('.yml')) continue;
    profiles.set(
      file.slice(0, -'.yml'.length),
      parseProfile(await readFile(join(paths.profiles, file), 'utf8')),
    );
  }
  return profiles;
}
