import { runsVerbs, type Verbs } from './verbs.ts';

const VERBS: Verbs = {
  list: {
    about: 'which rules there are, and how often each was used',
    load: () => import('./rules/list.ts'),
  },
  add: { about: 'add a rule, and see what it covers', load: () => import('./rules/add.ts') },
  confirm: { about: 'put a rule in force, as its second person', load: () => import('./rules/confirm.ts') },
  revoke: { about: 'take rules out of force at once', load: () => import('./rules/revoke.ts') },
  keep: { about: 'keep rules that were announced to go', load: () => import('./rules/keep.ts') },
  resume: { about: 'put suspended rules in force again', load: () => import('./rules/resume.ts') },
  undo: { about: 'bring removed rules back', load: () => import('./rules/undo.ts') },
  simulate: {
    about: 'which past decisions would other rules have changed',
    load: () => import('./rules/simulate.ts'),
  },
  export: { about: 'write the rules in force as JSON lines', load: () => import('./rules/export.ts') },
  import: { about: 'make the rules those of a file', load: () => import('./rules/import.ts') },
  explain: { about: 'what would become of a command, and why', load: () => import('./rules/explain.ts') },
};

/** `gate rules`: the whitelist. */
export const run = runsVerbs({
  name: 'gate rules',
  about: 'The whitelist: what a rule covers runs without asking.',
  verbs: VERBS,
  example: "gate rules add 'kubectl get *' --env staging",
});
