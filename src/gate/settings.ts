import type { PersonSettings } from '../core/quiet.ts';
import { saveSettings } from '../store/people-settings.ts';
import type { Deps } from './deps.ts';

/** A person says how they want to be told. What they do not name stays as it is. */
export const setSettings = (
  deps: Pick<Deps, 'database'>,
  userId: string,
  wish: Partial<PersonSettings>,
): Promise<PersonSettings> => deps.database.db.transaction((tx) => saveSettings(tx, userId, wish));
