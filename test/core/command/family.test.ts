import { describe, expect, it } from 'vitest';
import { familyOf } from '../../../src/core/command/family.ts';

describe('the family of a command', () => {
  it.each([
    ['kubectl -n shop set image deployment/web web=x:1', 'kubectl set image'],
    ['kubectl --namespace shop get pods', 'kubectl get'],
    ['kubectl get pods -n shop', 'kubectl get'],
    ['git -C /srv/shop pull', 'git pull'],
    ['terraform apply -auto-approve', 'terraform apply'],
    ['aws s3 rm s3://bucket --recursive', 'aws s3 rm'],
    ['sudo systemctl restart nginx', 'systemctl restart'],
    ['./deploy.sh production', 'deploy.sh'],
    ['cd x && git pull; git pull', 'cd; git pull'],
  ])('%s → %s', (text, family) => expect(familyOf({ kind: 'shell', text })).toBe(family));

  it('is empty for what is no command', () =>
    expect(familyOf({ kind: 'action', text: 'merge 12' })).toBe(''));
});
