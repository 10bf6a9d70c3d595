import { generateKeyPairSync } from 'node:crypto';
import type { Environment } from '../../src/core/environment.ts';
import type { LearningSettings } from '../../src/core/learning-settings.ts';
import { signingKeyFromPem } from '../../src/core/proof/envelope.ts';
import type { Voter } from '../../src/core/request.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import type { Deps, GateEvent } from '../../src/gate/deps.ts';
import { createRuleBook } from '../../src/gate/rule-book.ts';
import type { Ask } from '../../src/gate/submit.ts';
import { createTogether } from '../../src/gate/together.ts';
import { createToken } from '../../src/gate/tokens.ts';
import { openChanges } from '../../src/store/changes.ts';
import type { Database } from '../../src/store/database.ts';

export const PRODUCTION: Environment = {
  name: 'production',
  production: true,
  color: 'red',
  channel: '#deploys',
  reviewers: 'channel',
  approvals: 1,
  expiresAfterSeconds: 600,
  useWithinSeconds: 900,
  timeZone: 'Europe/Berlin',
  officeHours: null,
  unansweredMayRun: false,
  escalation: { steps: [], pageAtOnce: null },
  extend: { bySeconds: 300, times: 2 },
  questionPauseSeconds: 300,
  emergency: null,
};

export const LEARNING: LearningSettings = {
  at: '03:00',
  timeZone: 'Europe/Berlin',
  spotChecks: 0,
  shadowDays: 0,
  expiresAfterDays: 90,
  acceptances: { LOW: 1, MEDIUM: 1, HIGH: 2 },
  maxCards: 25,
  unusedAfterDays: 14,
  noticeDays: 7,
  minutesPerApproval: 2,
};

export interface TestDeps extends Deps {
  events: GateEvent[];
  close(): Promise<void>;
}

/** What verbs need, over an open database, which `close` closes, too. What they tell is collected in `events`. */
export async function depsOver(database: Database, over: Partial<Deps> = {}): Promise<TestDeps> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const events: GateEvent[] = [];
  const changes = await openChanges(database, () => {});
  return {
    database,
    changes,
    signingKey: signingKeyFromPem(pem),
    version: 'test',
    environments: new Map([
      ['production', PRODUCTION],
      [
        'staging',
        { ...PRODUCTION, name: 'staging', production: false, color: 'yellow', channel: '#staging' },
      ],
      ['payments', { ...PRODUCTION, name: 'payments', approvals: 2 }],
    ]),
    policies: [],
    riskRows: [],
    ruleBook: createRuleBook(database),
    together: createTogether(database),
    secondPersonForRules: 'production',
    personOf: () => null,
    learning: LEARNING,
    notesFirstSeconds: 0,
    learn: async () => [],
    people: null,
    onCall: new Map(),
    mailer: null,
    model: null,
    url: 'https://gate.example.com',
    canAsk: true,
    pendingPerToken: 1000,
    observe: (event) => events.push(event),
    events,
    close: async () => {
      await changes.close();
      await database.close();
    },
    ...over,
  };
}

/** A client's token that is good for every environment of one project. */
export async function callerOf(
  deps: Deps,
  over: { owner?: string; environments?: string[] } = {},
): Promise<Caller> {
  const { row } = await createToken(deps, 'test', {
    name: 'ci',
    role: 'client',
    kind: 'ci',
    project: 'shop',
    environments: over.environments ?? null,
    owner: over.owner ?? null,
    expiresInDays: null,
  });
  return row;
}

/** An ask for a harmless command in production; say what is different. */
export const askFor = (over: Partial<Ask> = {}): Ask => ({
  command: { kind: 'argv', argv: ['echo', 'hello'] },
  environment: 'production',
  project: null,
  reason: null,
  cwd: null,
  program: null,
  digest: null,
  redacted: false,
  timeoutSeconds: null,
  heartbeatSeconds: null,
  emergency: false,
  context: {},
  idempotencyKey: null,
  bodyHash: 'hash',
  ...over,
});

/** Somebody who may decide; say what is different. */
export const voterNamed = (name: string, over: Partial<Voter> = {}): Voter => ({
  subject: `slack:T0:U${name.toUpperCase()}`,
  userId: `U${name.toUpperCase()}`,
  name,
  isBot: false,
  isGuest: false,
  isOutsider: false,
  isDeactivated: false,
  isReviewer: true,
  ...over,
});
