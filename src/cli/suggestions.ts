import { runsVerbs, type Verbs } from './verbs.ts';

const never = () => import('./suggestions/never.ts');
const VERBS: Verbs = {
  list: {
    about: 'what the nights suggest, the most saving first',
    load: () => import('./suggestions/list.ts'),
  },
  show: { about: 'one of them, with its evidence', load: () => import('./suggestions/show.ts') },
  accept: { about: 'put its rules in force', load: () => import('./suggestions/accept.ts') },
  narrow: { about: 'make a narrower one of it', load: () => import('./suggestions/narrow.ts') },
  'not-now': { about: 'put it off for a week', load: () => import('./suggestions/not-now.ts') },
  never: { about: 'refuse it, until there is new evidence', load: never },
  reject: { about: 'the same as never', load: never },
  undo: { about: 'take an acceptance back', load: () => import('./suggestions/undo.ts') },
  export: { about: 'write them as JSON lines', load: () => import('./suggestions/export.ts') },
};

/** `gate suggestions`: what the nights suggest. */
export const run = runsVerbs({
  name: 'gate suggestions',
  about: `Every night the gate studies what people approved and suggests rules, and what to
remove from them. A person accepts, narrows or refuses them.`,
  verbs: VERBS,
  example: 'gate suggestions list --env production',
});
