import type { Policy } from '../core/policy.ts';
import { lookAtChannel } from './channels.ts';
import { lookAtClocks } from './clock.ts';
import { lookAtDatabase } from './database.ts';
import { lookAtDisk } from './disk.ts';
import type { Check, Said } from './finding.ts';
import { lookAtKeys } from './keys.ts';
import { lookAtPager } from './pagers.ts';
import { lookAtPolicy, lookAtReviewers } from './reviewers.ts';
import type { Site } from './site.ts';
import { lookAtBotToken, lookAtClicks, lookAtScopes } from './slack-tokens.ts';
import {
  lookAtAddress,
  lookAtConfiguration,
  lookAtMail,
  lookAtModel,
  lookAtServer,
  lookAtZones,
} from './surroundings.ts';
import { sendTestCard } from './test-cards.ts';

/** Everything the doctor looks at, in the order in which it is told. */
export function checksOf(site: Site, { sendTest }: { sendTest: boolean }): Check[] {
  const { environments, onCall, email, model, slack, policies } = site.config;
  const check = (name: string, look: (site: Site) => Promise<Said[]>): Check => ({
    name,
    look: () => look(site),
  });
  const each = [...environments.values()];
  return [
    check('configuration', lookAtConfiguration),
    check('database', lookAtDatabase),
    check('keys', lookAtKeys),
    check('disk', lookAtDisk),
    check('clocks', lookAtClocks),
    check('time zones', lookAtZones),
    check('server', lookAtServer),
    check('address', lookAtAddress),
    check('Slack', lookAtBotToken),
    ...(slack
      ? [
          check('Slack scopes', lookAtScopes),
          check('Slack clicks', lookAtClicks),
          ...each.flatMap((environment) => [
            check(`${environment.name} channel`, () => lookAtChannel(site, environment)),
            check(`${environment.name} reviewers`, () => lookAtReviewers(site, environment)),
          ]),
          ...policies.flatMap((policy) => policyCheck(site, policy)),
        ]
      : []),
    ...Object.entries(onCall).map(([name, entry]) =>
      check(`on call ${name}`, () => lookAtPager(site, name, entry)),
    ),
    ...(email ? [check('mail', lookAtMail)] : []),
    ...(model ? [check('model', lookAtModel)] : []),
    ...(sendTest
      ? each.map((environment) =>
          check(`${environment.name} test card`, () => sendTestCard(site, environment)),
        )
      : []),
  ];
}

/** Of a policy that names people of its own. */
function policyCheck(site: Site, { name, effect }: Policy): Check[] {
  const [environment] = site.config.environments.values();
  if (effect.kind !== 'require' || !effect.from || effect.from === 'channel' || !environment) return [];
  const asked = { from: effect.from, approvals: effect.approvals ?? 1, environment };
  return [
    {
      name: `policy ${name.length > 30 ? `${name.slice(0, 29)}…` : name}`,
      look: () => lookAtPolicy(site, asked),
    },
  ];
}
