import { runsVerbs, type Verbs } from './verbs.ts';

const VERBS: Verbs = {
  list: { about: 'what the runbook says, pinned notes first', load: () => import('./notes/list.ts') },
  search: { about: 'the notes with a text in them', load: () => import('./notes/search.ts') },
  add: { about: 'write a note on a kind of command', load: () => import('./notes/add.ts') },
  edit: { about: 'say a note in other words', load: () => import('./notes/edit.ts') },
  pin: { about: 'put a note before all others of its kind', load: () => import('./notes/pin.ts') },
  unpin: { about: 'put it back among the others', load: () => import('./notes/unpin.ts') },
  retire: { about: 'take a note out of sight', load: () => import('./notes/retire.ts') },
  restore: { about: 'bring a retired note back', load: () => import('./notes/restore.ts') },
  proposals: {
    about: 'policies that repeated denials propose',
    load: () => import('./notes/proposals.ts'),
  },
  export: { about: 'the runbook of an environment, as Markdown', load: () => import('./notes/export.ts') },
};

/** `gate notes`: the living runbook. */
export const run = runsVerbs({
  name: 'gate notes',
  about: `The living runbook: the reason of a denial becomes a note, which is shown to whoever
asks for a command of the same kind, and to those who decide.`,
  verbs: VERBS,
  example: 'gate notes list --env production',
});
