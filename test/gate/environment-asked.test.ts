import { describe, expect, it } from 'vitest';
import type { RungView } from '../../src/core/escalation.ts';
import type { Audience } from '../../src/core/people.ts';
import { type Asked, environmentAsked } from '../../src/gate/environment-asked.ts';
import { PRODUCTION } from '../support/deps.ts';

const deps = { environments: new Map([['production', PRODUCTION]]) };
const at = new Date('2026-11-21T12:00:00Z');
const audience = (over: Partial<Exclude<Audience, 'reviewers'>>): Audience => ({
  users: [],
  groups: [],
  emails: [],
  ...over,
});
const rung = (over: Partial<RungView>): RungView => ({
  kind: 'tell',
  audience: null,
  pager: null,
  afterSeconds: 60,
  position: 1,
  dueAt: at,
  takenAt: at,
  taken: null,
  problems: [],
  page: null,
  ...over,
});
const first = rung({ audience: audience({ users: ['UBACK'], emails: ['back@example.com'] }) });
const second = rung({ audience: audience({ users: ['UBACK', 'UMORE'], groups: ['SOPS'] }) });
const asked = (over: Partial<Asked>): Asked => ({ environment: 'production', reviewers: null, ...over });
const ladder = (...rungs: RungView[]) => ({ rungs });
const DBA = { users: [], groups: ['SDBA'] };

describe('who decides a request', () => {
  it.each<[string, Asked, object]>([
    ['its reviewers', asked({}), { reviewers: 'channel' }],
    ['whom a policy names', asked({ reviewers: DBA }), { reviewers: DBA }],
    [
      'the backups that were told, each once',
      asked({ ladder: ladder(rung({ kind: 'card', audience: 'reviewers' }), first, second) }),
      {
        reviewers: 'channel',
        backups: { users: ['UBACK', 'UMORE'], groups: ['SOPS'], emails: ['back@example.com'] },
      },
    ],
    [
      'nobody in an emergency that names nobody',
      asked({ emergency: true }),
      { reviewers: { users: [], groups: [] } },
    ],
    ['those of an emergency', asked({ emergency: true, reviewers: DBA }), { reviewers: DBA }],
  ])('%s', (_, request, expected) => {
    expect(environmentAsked(deps, request)).toMatchObject(expected);
  });

  it.each<[string, Asked]>([
    ['nobody was told yet', asked({ ladder: ladder({ ...first, takenAt: null }) })],
    ['only reviewers were told', asked({ ladder: ladder(rung({ audience: 'reviewers' })) })],
    ['somebody was paged', asked({ ladder: ladder(rung({ kind: 'page', pager: 'primary' })) })],
    ['a policy names who decides', asked({ reviewers: DBA, ladder: ladder(first) })],
    ['it is an emergency', asked({ emergency: true, reviewers: DBA, ladder: ladder(first) })],
    ['the ladder is not known', asked({})],
  ])('no backups: %s', (_, request) => {
    expect(environmentAsked(deps, request)).not.toHaveProperty('backups');
  });

  it('nobody, in an environment that is configured no more', () => {
    const gone = asked({ environment: 'gone', reviewers: DBA, ladder: ladder(first) });
    const environment = environmentAsked(deps, gone);
    expect(environment).toMatchObject({ name: 'gone', reviewers: { users: [], groups: [] } });
    expect(environment).not.toHaveProperty('backups');
  });
});
