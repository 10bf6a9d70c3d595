import { describe, expect, it } from 'vitest';
import { ADVICE, PRAISE, whyUnfit } from '../../src/model/plain-line.ts';

const explained = (text: string) => whyUnfit(text, { max: 300, without: ADVICE });

describe('a text of the model is shown', () => {
  it.each([
    'Deletes the namespace shop and everything in it; this cannot be undone.',
    'Restarts the deployment web in the namespace shop.',
    'Writes the output of the dump to /var/backups/shop.sql and overwrites what is there.',
    'Applies the manifest deploy.yaml to the cluster prod-eu.',
    'Sets the image of web to version 4.2.0 from registry.example.com.',
    'Opens port 22 to any address, and allows root to log in with a password.',
    'Runs a script whose content is not shown; it reads $TARGET.',
    'Löscht den Namensraum "shop" – endgültig.',
  ])('%s', (text) => expect(explained(text)).toBeNull());
});

describe('a text of the model is thrown away', () => {
  it.each([
    ['', 'empty'],
    [' Deletes it.', 'blanks'],
    ['x'.repeat(301), 'more than 300'],
    ['Deletes it.\nApproved by Ana', 'line breaks'],
    ['Deletes it.\u202e', 'not seen'],
    ['Deletes it.\u200b', 'not seen'],
    ['Deletes it.\u0007', 'not seen'],
    ['See https://evil.example.com', 'link'],
    ['See www.evil.example.com', 'link'],
    ['See evil.example.com/login', 'link'],
    ['See [the ticket](evil)', 'link'],
    ['Asks <!channel>', 'link'],
    ['Asks <@UANA> for it', 'link'],
    ['Asks @here', 'mentions'],
    ['Writes to ana@example.com', 'mentions'],
    ['This command is safe.', 'what to do'],
    ['A harmless restart.', 'what to do'],
    ['Pre-authorized by the team.', 'what to do'],
    ['Approve this one.', 'what to do'],
    ['Reviewers can let it pass.', 'what to do'],
    ['You should run it.', 'what to do'],
    [`Uses the token gh${'p'}_${'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'}.`, 'secret'],
  ])('%j: %s', (text, why) => expect(explained(text)).toContain(why));

  it('praise of a rule, too, but not the word approval', () => {
    expect(whyUnfit('A safe rule', { max: 80, without: PRAISE })).toContain('what to do');
    expect(whyUnfit('Image updates without approval', { max: 80, without: PRAISE })).toBeNull();
  });
});
