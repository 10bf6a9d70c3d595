import { describe, expect, it } from 'vitest';
import { topicsOf } from '../../../src/core/runbook/topic.ts';

const about = (text: string) =>
  topicsOf({ kind: 'shell', text }).map(({ family, target }) => [family, target]);

describe('what a command is about', () => {
  it.each([
    ['kubectl -n shop set image deployment/web web=reg/web:1.2', 'kubectl set image', 'deployment/web'],
    ['kubectl set image deploy/web web=reg/web:1.3', 'kubectl set image', 'deployment/web'],
    ['kubectl rollout restart deployments api', 'kubectl rollout restart', 'deployment/api'],
    ['kubectl delete ns shop --now', 'kubectl delete', 'namespace/shop'],
    ['kubectl delete ingresses shop', 'kubectl delete', 'ingress/shop'],
    ['kubectl get pods', 'kubectl get', 'pods'],
    ['psql -h db -c "vacuum full orders"', 'psql', null],
    ['helm upgrade web ./chart -n shop', 'helm upgrade', 'web'],
    ['docker push reg:5000/web:1.2.3', 'docker push', 'reg:5000/web'],
    ['docker push web:latest', 'docker push', 'web'],
    ['aws s3 rm s3://bucket/x --recursive', 'aws s3 rm', 's3://bucket/x'],
    ['npm run db:migrate', 'npm run', 'db:migrate'],
    ['sudo systemctl restart nginx', 'systemctl restart', 'nginx'],
    ['cd /srv && rm -rf data/x', 'rm', 'data/x'],
    ['cd /srv', 'cd', '/srv'],
    ['terraform apply', 'terraform apply', null],
    ['mysql "$DATABASE"', 'mysql', null],
    ['psql %redacted%', 'psql', null],
  ])('%s', (text, family, target) => expect(about(text)).toEqual([[family, target]]));

  it('of compound commands each kind once; done to several things, to all of them', () => {
    expect(about('kubectl delete pod a; kubectl delete pod b; helm uninstall web')).toEqual([
      ['kubectl delete', null],
      ['helm uninstall', 'web'],
    ]);
  });

  it('knows nothing of what is no command', () =>
    expect(topicsOf({ kind: 'action', text: 'merge 12' })).toEqual([]));
});
