import { describe, expect, it } from 'vitest';
import { parseShell } from '../../../src/core/command/parse.ts';
import type { CompiledRule } from '../../../src/core/rules/compiled-rule.ts';
import { covers } from '../../../src/core/rules/covers.ts';
import { compileRules } from '../../../src/core/rules/rule-set.ts';

const rulesOf = (text: string): CompiledRule[] =>
  compileRules(text).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : []));
const isCovered = (rules: string, text: string): boolean =>
  covers(rulesOf(rules), { kind: 'shell', text }).covered;
const HEX40 = '0123456789abcdef0123456789abcdef01234567';
const HEX64 = `${HEX40}0123456789abcdef01234567`;

type Row = [rules: string, covered: string[], notCovered: string[]];

function table(name: string, rows: Row[]): void {
  describe(name, () => {
    it.each(rows)('%s', (rules, yes, no) => {
      expect(yes.filter((command) => !isCovered(rules, command))).toEqual([]);
      expect(no.filter((command) => isCovered(rules, command))).toEqual([]);
    });
  });
}

table('R1 exact rules', [
  [
    '= cd a && ls *',
    ['cd a && ls *', '  cd a && ls *\n', '\t\ncd a && ls *'],
    ['cd a && ls  *', 'cd a &&ls *', 'cd a && ls *; id', 'CD a && ls *', 'ls *'],
  ],
  [
    '= for f in *.txt; do\n  cat "$f"\ndone',
    ['for f in *.txt; do\n  cat "$f"\ndone'],
    ['for f in *.txt; do cat "$f"; done', 'cat "$f"'],
  ],
  ['= cat <<E\nx\nE', ['cat <<E\nx\nE', 'cat <<E\nx\nE\n'], ['x', 'E', 'cat', 'cat <<E\ny\nE']],
  ['= ls *', ['ls *'], ['ls a', 'ls', "ls '*'"]],
  ['= echo größe', ['echo größe'], ['echo gro\u0308ße', 'echo grosse']],
  ['= rm -rf build', ['rm -rf build'], ['rm -rf  build', "rm -rf 'build'", 'rm -rf build\\ ']],
  ['= git pull', ['git pull'], ['git pull\r', 'git\u200b pull', 'git pull;', 'git  pull', '= git pull']],
  ['= a &', ['a &'], ['a', 'a & b']],
  ['=  spaced out ', ['spaced out'], ['spaced  out']],
  ['ls\n= cd a && b', ['ls', 'cd a && b'], ['cd a', 'b']],
  ['= export A=b', ['export A=b'], ['export A=c']],
]);

table('R2 words of a rule', [
  ['echo \'a b\' "c d" e\\ f', ["echo 'a b' 'c d' 'e f'", 'echo a\\ b "c d" "e f"'], ['echo a b c d e f']],
  ["echo '*'", ["echo '*'", 'echo \\*', 'echo "*"'], ['echo a', 'echo *', 'echo x']],
  [
    "echo '[a]' \\? '{a,b}'",
    ["echo '[a]' '?' '{a,b}'"],
    ['echo a b a', 'echo "[a]" x "{a,b}"', "echo '[a]' '?' a"],
  ],
  ["grep '$x'", ["grep '$x'", 'grep \\$x', 'grep "\\$x"'], ['grep $x', 'grep "$x"']],
  ['  ls   -l  ', ['ls -l'], ['ls', 'ls -l x']],
  ['ls\t-l', ['ls -l'], []],
  ['echo %^+ a#b x!', ['echo %^+ a#b x!'], ['echo %^+ a#b x']],
  ["git commit -m ''", ["git commit -m ''", 'git commit -m ""'], ['git commit -m', 'git commit -m x']],
  ["echo ''*", ['echo a'], ['echo', "echo ''", 'echo -n', 'echo .a']],
  [
    'find . -name x -exec ls {} +',
    ['find . -name x -exec ls {} +', "find . -name x -exec ls '{}' +"],
    ['find . -name x -exec ls x +'],
  ],
  ["echo a'*'*", ["echo 'a*'", "echo 'a*b'"], ['echo ab', 'echo a']],
  ['echo a\\**', ["echo 'a*'", "echo 'a*bc'"], ['echo abc']],
  ['echo a\\\\*', ["echo 'a\\'", "echo 'a\\b'"], ['echo ab', "echo 'a*'"]],
]);

table('R3 star', [
  [
    'echo *',
    ['echo a', 'echo A1_.+~-', 'echo _a', 'echo 0', 'echo "a"', "echo 'b-c'", 'echo v1.2'],
    [
      'echo',
      'echo a b',
      'echo -n',
      'echo --x',
      'echo .a',
      'echo +a',
      'echo ~',
      'echo /a',
      'echo a/b',
      'echo a:b',
      'echo a,b',
      'echo a=b',
      'echo a@b',
      "echo ''",
      "echo 'a b'",
      "echo 'a;b'",
      "echo 'a%b'",
      "echo 'a#b'",
      "echo 'a^b'",
      "echo 'a!b'",
      'echo é',
      'echo aé',
      "echo 'a\nb'",
      "echo 'a\tb'",
      "echo '$x'",
      "echo '`id`'",
      'echo a"\'"',
      "echo 'a\"b'",
      "echo 'a\\b'",
      "echo 'a*'",
      "echo 'a?'",
      'echo {}',
      "echo '[a]'",
      "echo '(a)'",
      "echo '~a'",
      'echo nginх',
      'echo a\u0301',
    ],
  ],
  [
    'echo web*',
    ['echo web', 'echo web-1', 'echo web.x', 'echo web+', 'echo web~', 'echo web_1'],
    ['echo we', 'echo xweb', 'echo web/1', 'echo web:1', 'echo web=1', 'echo web,1', 'echo web@x'],
  ],
  [
    'echo *.txt',
    ['echo a.txt', 'echo a.b.txt', 'echo a-.txt'],
    ['echo .txt', 'echo a/b.txt', 'echo -a.txt', 'echo a.txtx', 'echo a.TXT', 'echo +.txt'],
  ],
  [
    'echo a/*',
    ['echo a/b', 'echo a/b.c'],
    ['echo a/', 'echo a', 'echo a/.b', 'echo a/-b', 'echo a/+b', 'echo a/b/c', 'echo a/..', 'echo a//b'],
  ],
  ['echo a:*', ['echo a:b'], ['echo a:', 'echo a:-b', 'echo a:.b', 'echo a:b:c', 'echo a:+b']],
  [
    'echo --tag=*',
    ['echo --tag=v1', 'echo --tag=a-b'],
    ['echo --tag=', 'echo --tag=-x', 'echo --tag', 'echo --tag v1', 'echo --tag=a=b', 'echo --tag=a,b'],
  ],
  ['echo a,*', ['echo a,b'], ['echo a,', 'echo a,b,c', 'echo a,-b']],
  [
    'echo u@*',
    ['echo u@h', 'echo u@web-1.example'],
    ['echo u@', 'echo u@-o', 'echo u@h@x', 'echo root@h', 'echo u@h:/x'],
  ],
  ['echo *:*', ['echo a:b'], ['echo a:', 'echo :b', 'echo a', 'echo a:b:c']],
  ['echo *-*', ['echo a-b', 'echo a-', 'echo a--b'], ['echo -b', 'echo a', 'echo -']],
  [
    'echo a*b*c',
    ['echo abc', 'echo aXbYc', 'echo abbc', 'echo abcbc'],
    ['echo ab', 'echo ac', 'echo abcd', 'echo a/b/c'],
  ],
  [
    'kubectl set image deployment/api api=registry.example.com/api:*',
    ['kubectl set image deployment/api api=registry.example.com/api:v1.2.3'],
    [
      'kubectl set image deployment/api api=registry.example.com/api:v1 -n prod',
      'kubectl set image deployment/api api=registry.example.com/evil:v1',
      'kubectl set image deployment/api api=registry.example.com/api:v1@sha256:a',
      "kubectl set image deployment/api 'api=registry.example.com/api:v1 --kubeconfig=x'",
      'kubectl set image deployment/api api=registry.example.com/api:v1,x=y',
    ],
  ],
  ["echo 'a/'*", ['echo a/b'], ['echo a/.b', 'echo a/']],
  ['echo größe*', ['echo größe1', 'echo größe'], ['echo größeé', 'echo GRÖSSE1']],
]);

table('R3 one and sets', [
  [
    'echo ?',
    ['echo a', 'echo 1', 'echo _'],
    ['echo', 'echo ab', 'echo -', 'echo .', 'echo +', 'echo ~', 'echo é', 'echo /'],
  ],
  ['echo a?', ['echo ab', 'echo a-', 'echo a.', 'echo a+'], ['echo a', 'echo a/', 'echo abc', 'echo a:']],
  ['echo a/?', ['echo a/b'], ['echo a/.', 'echo a/-', 'echo a//']],
  [
    'echo [a-c1_.]',
    ['echo a', 'echo c', 'echo 1', 'echo _'],
    ['echo d', 'echo .', 'echo A', 'echo ab', 'echo -'],
  ],
  ['echo x[.0-9]', ['echo x.', 'echo x5'], ['echo x', 'echo xa', 'echo x/']],
  ['echo a/[.a]b', ['echo a/ab'], ['echo a/.b']],
  ['echo web-[0-9]', ['echo web-1'], ['echo web-1.evil.example', 'echo web-x', 'echo web-12']],
  ['echo [A-C][0-9]*', ['echo A1', 'echo B2.x'], ['echo a1', 'echo D1']],
]);

table('R3 path', [
  [
    'cat docs/**',
    ['cat docs/a', 'cat docs/a/b.md', 'cat docs/a-b/_c'],
    [
      'cat docs',
      'cat docs/',
      'cat docs//a',
      'cat docs/../a',
      'cat docs/a/..',
      'cat docs/./a',
      'cat docs/.env',
      'cat docs/a/.env',
      'cat docs/a//b',
      'cat docs/a/',
      'cat docs/-a',
      'cat docs/a:b',
      'cat docs/a=b',
      'cat docs/a b',
      "cat 'docs/a b'",
      'cat docs/~a',
    ],
  ],
  [
    'cat docs/**/x.md',
    ['cat docs/a/x.md', 'cat docs/a/b/x.md'],
    ['cat docs/x.md', 'cat docs/../x.md', 'cat docs/a/x.mdx', 'cat docs/.a/x.md'],
  ],
  ['cat **/x', ['cat a/x', 'cat a/b/x'], ['cat x', 'cat /x', 'cat ../x', 'cat ./x']],
  ['cat /srv/**', ['cat /srv/a', 'cat /srv/a/b'], ['cat /srv', 'cat /srv/../etc/passwd', 'cat /srv/.ssh']],
  ['cat a/**/b/**', ['cat a/x/b/y', 'cat a/x/b/b/y'], ['cat a/b/y', 'cat a/x/b']],
]);

table('R3 typed slots', [
  [
    'echo {sha}',
    ['echo 0123abc', `echo ${HEX40}`, 'echo deadbee1'],
    [
      'echo deadbeef',
      'echo 012345',
      `echo ${HEX40}0`,
      'echo 0123ABC',
      'echo 0123abg',
      'echo 0123abc-x',
      'echo',
    ],
  ],
  [
    'echo {sha:40}',
    [`echo ${HEX40}`],
    ['echo 0123abc', `echo ${HEX40}0`, `echo ${'a'.repeat(40)}`, `echo ${HEX40.slice(1)}`],
  ],
  ['echo {sha:7}', ['echo 0123abc'], ['echo 0123abcd']],
  [
    'echo {semver}',
    ['echo 1.2.3', 'echo v1.2.3', 'echo 10.20.30'],
    [
      'echo 1.2',
      'echo 1.2.3.4',
      'echo 1.2.3-rc1',
      'echo 1.2.3+b',
      'echo V1.2.3',
      'echo 1.2.x',
      'echo 1.2.3rc',
      'echo latest',
      'echo vv1.2.3',
    ],
  ],
  [
    'echo {semver+}',
    ['echo 1.2.3', 'echo 1.2.3-rc.1', 'echo v1.2.3+build.5', 'echo 1.2.3-a-b+c'],
    [
      'echo 1.2.3-',
      'echo 1.2.3+',
      'echo 1.2',
      'echo 1.2.3-a..b',
      'echo 1.2.3+a+b',
      'echo 1.2.3-a_b',
      'echo 1.2.3-a/b',
    ],
  ],
  [
    'echo {int}',
    ['echo 0', 'echo 007', `echo ${'9'.repeat(18)}`],
    ['echo', 'echo -1', 'echo 1.5', `echo ${'9'.repeat(19)}`, 'echo 1a', 'echo +1', 'echo ١'],
  ],
  [
    'echo {int:1-10}',
    ['echo 1', 'echo 9', 'echo 10'],
    ['echo 0', 'echo 11', 'echo 01', 'echo 1.0', 'echo 100', 'echo -1'],
  ],
  ['echo {int:0-0}', ['echo 0'], ['echo 00', 'echo 1']],
  ['echo {int:4}', ['echo 2024', 'echo 0001'], ['echo 202', 'echo 20245', 'echo 202a']],
  [
    'echo --replicas={int:1-3}',
    ['echo --replicas=2'],
    ['echo --replicas=0', 'echo --replicas=4', 'echo --replicas=-1', 'echo --replicas='],
  ],
  [
    'echo {date}',
    [
      'echo 2024-02-29',
      'echo 20240229',
      'echo 2024-01-05T1530',
      'echo 20240105T153000',
      'echo 2024-01-05-1530',
      'echo 20240105-153059',
    ],
    [
      'echo 2023-02-29',
      'echo 2024-13-01',
      'echo 2024-00-10',
      'echo 2024-01-32',
      'echo 2024-1-5',
      'echo 20240105153000',
      'echo 2024-01-05T2460',
      'echo 2024-01-05T15',
      'echo 2024-01-05T153',
      'echo 2024-01-05Z',
      'echo 2024-01',
    ],
  ],
  [
    'echo {uuid}',
    ['echo 550e8400-e29b-41d4-a716-446655440000', 'echo 018F6B1E-7C4A-7000-8000-0123456789AB'],
    [
      'echo 550e8400-e29b-41d4-a716-44665544000',
      'echo 550e8400e29b41d4a716446655440000',
      'echo 550e8400-e29b-91d4-a716-446655440000',
      'echo 550e8400-e29b-41d4-c716-446655440000',
      'echo 550e8400-e29b-41d4-a716-4466554400000',
    ],
  ],
  [
    'echo {ip}',
    ['echo 10.0.0.1', 'echo 255.255.255.255', 'echo 0.0.0.0'],
    [
      'echo 256.0.0.1',
      'echo 10.0.0',
      'echo 010.0.0.1',
      'echo 10.0.0.1.5',
      'echo 10.0.0.1:80',
      'echo 10.0.0.a',
      'echo ::1',
    ],
  ],
  [
    'echo {digest}',
    [`echo sha256:${HEX64}`],
    [
      `echo ${HEX64}`,
      `echo sha256:${HEX40}`,
      `echo sha256:${HEX64}0`,
      `echo sha512:${HEX64}`,
      `echo sha256:${HEX64.toUpperCase()}`,
    ],
  ],
  [
    'docker pull r.example/a@{digest}',
    [`docker pull r.example/a@sha256:${HEX64}`],
    ['docker pull r.example/a:latest', `docker pull r.example/b@sha256:${HEX64}`],
  ],
  [
    'echo {ulid}',
    ['echo 01ARZ3NDEKTSV4RRFFQ69G5FAV'],
    [
      'echo 01ARZ3NDEKTSV4RRFFQ69G5FA',
      'echo 01ARZ3NDEKTSV4RRFFQ69G5FAVX',
      'echo 01ARZ3NDEKTSV4RRFFQ69G5FAI',
      'echo 01ARZ3NDEKTSV4RRFFQ69G5FAU',
    ],
  ],
  [
    'echo {slug}',
    ['echo add-user_table', 'echo a', 'echo 2024-add'],
    ['echo Add', 'echo a--b', 'echo -a', 'echo a-', 'echo a.b', 'echo a/b', 'echo a-_b'],
  ],
  [
    'echo app-{semver}.tgz',
    ['echo app-1.2.3.tgz'],
    ['echo app-1.2.3-rc1.tgz', 'echo app-1.2.3tgz', 'echo app-1.2.tgz'],
  ],
  ['echo {date}-*', ['echo 2024-01-05-x', 'echo 2024-01-05-1530'], ['echo 2024-01-05', 'echo 2024-01-05_x']],
  ['echo v{int}-{slug}', ['echo v1-add-x'], ['echo v1', 'echo v1x-add', 'echo v-add']],
  ['echo {sha}x', [], ['echo 0123abcx']],
  ['echo {int}{slug}', [], ['echo 12ab', 'echo 12']],
  [
    'kubectl set image deployment/api api=r.example/api:{sha}',
    ['kubectl set image deployment/api api=r.example/api:0a1b2c3'],
    [
      'kubectl set image deployment/api api=r.example/api:latest',
      'kubectl set image deployment/api api=r.example/api:v1',
    ],
  ],
]);

table('R3 choices', [
  [
    'systemctl {start,stop} nginx',
    ['systemctl start nginx', 'systemctl stop nginx'],
    [
      'systemctl restart nginx',
      'systemctl star nginx',
      'systemctl start,stop nginx',
      "systemctl '{start,stop}' nginx",
    ],
  ],
  [
    'kubectl set image deployment/{svc:api,web} {svc}=r.example/{svc}:{sha}',
    [
      'kubectl set image deployment/api api=r.example/api:0a1b2c3',
      'kubectl set image deployment/web web=r.example/web:0a1b2c3',
    ],
    [
      'kubectl set image deployment/api web=r.example/api:0a1b2c3',
      'kubectl set image deployment/api api=r.example/web:0a1b2c3',
      'kubectl set image deployment/db db=r.example/db:0a1b2c3',
    ],
  ],
  ['echo {a:b,c}', ['echo b', 'echo c'], ['echo a:b', 'echo a']],
  ['echo {A:b,c}', ['echo A:b', 'echo c'], ['echo b']],
  ['echo {a,b}{c,d}', ['echo ac', 'echo bd'], ['echo a', 'echo ab', 'echo cd']],
  [
    'echo x{-a,.b,/c}*',
    ['echo x-a', 'echo x-ab', 'echo x.b', 'echo x/c', 'echo x/cd'],
    ['echo x', 'echo x-b'],
  ],
  ['echo {a/,b}*', ['echo a/x', 'echo b', 'echo b-', 'echo bx'], ['echo a/', 'echo a/-', 'echo a/.x']],
  ['echo {} x', ['echo {} x', "echo '{}' x"], ['echo a x']],
  [
    'helm upgrade {n:a,b} charts/{n} --set image.tag={sha}',
    ['helm upgrade a charts/a --set image.tag=0a1b2c3'],
    ['helm upgrade a charts/b --set image.tag=0a1b2c3', 'helm upgrade a charts/a --set image.tag=x,y=z'],
  ],
  [
    'ssh {web,db}-1.example uptime',
    ['ssh web-1.example uptime', 'ssh db-1.example uptime'],
    ['ssh web-1.example.evil.example uptime', 'ssh x-1.example uptime'],
  ],
]);

table('R4 rest', [
  [
    'git diff --stat **',
    ['git diff --stat', 'git diff --stat a', 'git diff --stat a b/c d.ts'],
    [
      'git diff',
      'git diff --stat -p',
      'git diff --stat --output=x',
      'git diff --stat a --ext-diff',
      'git diff --stat /etc/passwd',
      'git diff --stat a:b',
      'git diff --stat a=b',
      'git diff --stat a@b',
      'git diff --stat a,b',
      'git diff --stat ../a',
      'git diff --stat .env',
      'git diff --stat a/',
      'git diff --stat a; id',
      'git diff --stat $x',
      'git diff --stat a/../b',
      "git diff --stat 'a b'",
      'git diff --stat --',
      "git diff --stat ''",
    ],
  ],
  ['ls **', ['ls', 'ls a'], ['ls -l', 'ls ~', 'ls *']],
  [
    'tar cf backup.tar ** > log',
    ['tar cf backup.tar a b > log', 'tar cf backup.tar > log'],
    [
      'tar cf backup.tar a b',
      'tar cf backup.tar a > log2',
      'tar cf backup.tar --checkpoint-action=exec=x > log',
    ],
  ],
]);

table('R5 words', [
  [
    'docker restart *',
    ['docker restart web'],
    [
      'docker restart',
      'docker restart web db',
      'docker restart -t web',
      'Docker restart web',
      './docker restart web',
      '/usr/bin/docker restart web',
      'docker  restart web extra',
    ],
  ],
  [
    'git pull',
    ['git pull', 'git  pull', "g'it' pull", '"git" \'pull\'', 'git \\\n pull', 'git pull;', ' git pull\n'],
    [
      'git pull x',
      'git',
      'sudo git pull',
      'env git pull',
      'git pul',
      'git pulll',
      'GIT pull',
      'git.exe pull',
      'command git pull',
      'git Pull',
    ],
  ],
  ['app --a=b', ['app --a=b'], ['app --a b', 'app --a', 'app -a=b']],
  ['app --a b', ['app --a b'], ['app --a=b', 'app b --a']],
  [
    '/usr/bin/git pull',
    ['/usr/bin/git pull'],
    ['git pull', '/usr/local/bin/git pull', '/usr/bin/../bin/git pull', '/usr//bin/git pull'],
  ],
  ['app -a -b', ['app -a -b'], ['app -b -a', 'app -ab']],
]);

table('R6 piped stdin', [
  [
    'helm list\n| grep *',
    ['helm list | grep web', 'grep web', 'helm list|grep web', 'helm list |\n grep web'],
    ['helm list | grep -f', 'helm list |& grep web', 'grep web | helm list', 'helm list | grep web | sort'],
  ],
  ['cat a\nsort', ['cat a; sort', 'cat a && sort'], ['cat a | sort', 'sort | cat a']],
  [
    'cat a\n| sort\n| uniq -c',
    ['cat a | sort | uniq -c', 'cat a | uniq -c | sort', 'sort; cat a'],
    ['cat a | sort | uniq', 'sort | cat a'],
  ],
  ['  |   wc -l', ['wc -l'], []],
]);

table('R7 redirections', [
  [
    'crontab -l > /backup/cron-*.txt',
    [
      'crontab -l > /backup/cron-a.txt',
      'crontab -l 1>/backup/cron-a.txt',
      '> /backup/cron-a.txt crontab -l',
      'crontab -l > /backup/cron-a.txt 2>&1',
      "crontab -l > '/backup/cron-a.txt'",
    ],
    [
      'crontab -l',
      'crontab -l >> /backup/cron-a.txt',
      'crontab -l > /backup/cron-a/b.txt',
      'crontab -l > /backup/cron-../x.txt',
      'crontab -l 2> /backup/cron-a.txt',
      'crontab -l &> /backup/cron-a.txt',
      'crontab -l > /backup/cron-a.txt > /etc/passwd',
      'crontab -l < /backup/cron-a.txt',
      'crontab -l >| /backup/cron-a.txt',
      'crontab -l > $x',
      'crontab -l > /backup/cron-*.txt',
      'crontab -l > /etc/passwd',
    ],
  ],
  [
    'make lint',
    [
      'make lint 2>&1',
      'make lint >/dev/null 2>&1',
      'make lint &>/dev/null',
      'make lint < /dev/null',
      'make lint >&2',
      '2>/dev/null make lint',
    ],
    [
      'make lint > x',
      'make lint 3>/dev/null',
      'make lint 2>&3',
      'make lint > /dev/null/x',
      'make lint > /dev/tcp/a/1',
      'make lint < x',
      'make lint 1</dev/null',
    ],
  ],
  [
    'app > a 2> b',
    ['app > a 2> b', 'app 2> b > a', 'app >a 2>b'],
    ['app > b 2> a', 'app > a', 'app > a 2> b 2> b', 'app &> a'],
  ],
  ['app > a > b', ['app > a > b'], ['app > b > a', 'app > a', 'app > b']],
  [
    'app &>> log-{date}.txt',
    ['app &>> log-2024-01-05.txt'],
    [
      'app >> log-2024-01-05.txt',
      'app &> log-2024-01-05.txt',
      'app &>> log-x.txt',
      'app >> log-2024-01-05.txt 2>&1',
    ],
  ],
  ['app < in.txt', ['app < in.txt', 'app 0< in.txt', 'app <in.txt'], ['app', 'app < other', 'app 3< in.txt']],
  ['app 3> x', ['app 3> x', 'app 3>x'], ['app > x', 'app 3>> x']],
  ['app > /dev/null', ['app > /dev/null', 'app'], ['app > x']],
  ["app > 'a b'", ["app > 'a b'", 'app > a\\ b'], ['app > a b']],
  ['app 1> {x,y}', ['app > x', 'app > y'], ['app > z']],
]);

table('R8 assignments', [
  [
    'CI=true npm test',
    ['CI=true npm test', "CI='true' npm test"],
    [
      'npm test',
      'CI=false npm test',
      'CI=true X=1 npm test',
      'X=1 CI=true npm test',
      'CI=true; npm test',
      'env CI=true npm test',
      'npm test CI=true',
      'ci=true npm test',
      'CI+=true npm test',
      'CI=true NODE_OPTIONS=x npm test',
      'CI=true\\ x npm test',
    ],
  ],
  [
    'TAG=* make deploy',
    ['TAG=v1 make deploy', 'TAG=v1.2-x make deploy'],
    [
      'TAG= make deploy',
      'TAG=-x make deploy',
      'TAG=a/b make deploy',
      'TAG=a:b make deploy',
      'TAG="a b" make deploy',
      'make deploy',
      'TAG=$x make deploy',
      'TAG=* make deploy',
      'TAG=v1 TAG=v2 make deploy',
    ],
  ],
  ['A=1 B={x,y} app', ['A=1 B=x app', 'A=1 B=y app'], ['B=x A=1 app', 'A=1 app', 'A=1 B=z app']],
  ["A='x y' app", ["A='x y' app", 'A="x y" app'], ['A=x y app']],
  ['A= app', ['A= app', "A='' app"], ['app', 'A=x app']],
  [
    'KUBECONFIG=/k/prod kubectl get pods',
    ['KUBECONFIG=/k/prod kubectl get pods'],
    ['KUBECONFIG=/k/dev kubectl get pods', 'kubectl get pods'],
  ],
  ['app A=b', ['app A=b'], ['A=b app']],
  ['TAG=v{semver} app', ['TAG=v1.2.3 app'], ['TAG=x app']],
]);

table('R9 coverage of compounds', [
  [
    'go vet ./...\ngo test ./...',
    [
      'go vet ./... && go test ./...',
      'go vet ./...; go test ./...',
      'go test ./...\ngo vet ./...',
      'go vet ./... || go test ./...',
    ],
    [
      'go vet ./... && go build',
      'go vet ./... | go test ./...',
      'go vet ./... & go test ./...',
      '(go vet ./...)',
      'go vet ./... && $(id)',
      'go vet ./... # x',
      '! go vet ./...',
      'time go vet ./...',
      'go vet ./... &&',
      'if go vet ./...; then go test ./...; fi',
      'go vet ./... > x',
      'A=1 go vet ./...',
    ],
  ],
  ['= a && b\na', ['a && b\na'], ['a', 'a && b', 'b']],
  ['', [], ['ls', '', ' ']],
  ['ls\nhelm *', ['ls'], ['helm list']],
]);

describe('A1 argv requests', () => {
  const argv = (rules: string, ...words: string[]): boolean =>
    covers(rulesOf(rules), { kind: 'argv', argv: words }).covered;

  it.each<[string, string[], boolean]>([
    ['docker restart *', ['docker', 'restart', 'web'], true],
    ['docker restart *', ['docker', 'restart', 'web;id'], false],
    ['docker restart *', ['docker', 'restart', '$(id)'], false],
    ['docker restart *', ['docker', 'restart', '-f'], false],
    ['docker restart *', ['docker restart web'], false],
    ["echo '$x'", ['echo', '$x'], true],
    ["echo '*'", ['echo', '*'], true],
    ["echo 'a b'", ['echo', 'a b'], true],
    ['echo a b', ['echo', 'a b'], false],
    ['echo *', ['echo', 'a\u200b'], false],
    ['echo *', ['echo', ''], false],
    ['A=1 app', ['A=1', 'app'], false],
    ['app > x', ['app', '>', 'x'], false],
    ['time *', ['time', 'id'], false],
    ['= echo a b', ['echo', 'a', 'b'], true],
    ["= echo 'a b'", ['echo', 'a b'], true],
    ['= echo a b', ['echo', 'a b'], false],
    ['= a && b', ['a', '&&', 'b'], false],
    ['= A=1 b', ['A=1', 'b'], false],
    ['= ls *', ['ls', '*'], false],
    ['= time ls', ['time', 'ls'], false],
  ])('%s: %j %s', (rules, words, covered) => {
    expect(argv(rules, ...words)).toBe(covered);
  });

  it('covers no action in words', () => {
    expect(covers(rulesOf('deploy'), { kind: 'action', text: 'deploy' }).covered).toBe(false);
    expect(covers(rulesOf('= deploy'), { kind: 'action', text: 'deploy' }).covered).toBe(false);
  });
});

describe('what covers is named', () => {
  it('gives one rule for each command', () => {
    const found = covers(rulesOf('a *\nb'), { kind: 'shell', text: 'a 1; b; a 2' });
    expect(found.covered && found.rules.map(({ text }) => text)).toEqual(['a *', 'b', 'a *']);
  });

  it('prefers an exact rule', () => {
    const found = covers([...rulesOf('a'), ...rulesOf('= a')], { kind: 'shell', text: 'a' });
    expect(found.covered && found.by).toBe('exact');
  });

  it('keeps S1 for exact rules', () => {
    expect(parseShell('a\u00a0').analysable).toBe(false);
    expect(isCovered('= a', 'a\u00a0')).toBe(false);
  });
});
