import { expect, it } from 'vitest';
import { ruleFamily } from '../../../src/core/runbook/rule-family.ts';

it.each([
  ['kubectl -n shop rollout restart deployment/{svc:api,web}', 'kubectl rollout restart'],
  ['kubectl -n {ns:shop,web} set image deployment/api api=r.example.com/api:{sha}', 'kubectl set image'],
  ['kubectl get pods', 'kubectl get'],
  ['helm upgrade shop ./charts/shop --set image.tag={semver}', 'helm upgrade'],
  ['= echo * | tee log', 'echo; tee'],
  ["psql -c 'select {int}'", 'psql'],
  ['/opt/bin/deploy.sh [0-9]', 'deploy.sh'],
  ['deployctl * web', 'deployctl'],
  ['"', '"'],
  ['', ''],
])('%s stands under %s', (rule, family) => {
  expect(ruleFamily(rule)).toBe(family);
});
