/**
 * Slack's mrkdwn as a tree of nodes. Text that looks like markup is markup: whoever sends raw text gets what it says,
 * as on Slack. Shared by the page and by the server's reading of messages.
 */

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
const unescaped = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity]);

/** Parses a message's text or a mrkdwn text object. */
export function parseMrkdwn(text) {
  return text
    .split(/```([\s\S]+?)```/g)
    .flatMap((part, index) =>
      index % 2 === 1
        ? [{ type: 'pre', children: onlyBrackets(part.replace(/^\n|\n$/g, '')) }]
        : quotes(index > 0 ? part.replace(/^\n/, '') : part),
    );
}

/** A plain_text object: only emoji names are replaced, unless `emoji` is false. */
export function parsePlain(text, emoji = true) {
  if (!emoji) return [{ type: 'text', text }];
  return pieces(
    text,
    /:([a-z0-9_+'-]+):/g,
    (match) => ({ type: 'emoji', name: match[1] }),
    (rest) => rest,
  );
}

function quotes(text) {
  const nodes = [];
  let quoted = [];
  let plain = [];
  const flushPlain = () => {
    if (plain.length > 0) nodes.push(...inline(plain.join('\n')));
    plain = [];
  };
  const flushQuoted = () => {
    if (quoted.length > 0) nodes.push({ type: 'quote', children: inline(quoted.join('\n')) });
    quoted = [];
  };
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) flushPlain();
    else flushQuoted();
    (quote ? quoted : plain).push(quote ? quote[1] : line);
  }
  flushPlain();
  flushQuoted();
  return nodes;
}

const wraps = { '*': 'bold', _: 'italic', '~': 'strike' };
const markup = new RegExp(
  [
    '<([^<>\\n]+)>',
    '`([^`\\n]+)`',
    ":([a-z0-9_+'-]+):",
    '(?<![A-Za-z0-9])([*_~])(\\S(?:[^\\n]*?\\S)?)\\4(?![A-Za-z0-9])',
    '(https?:\\/\\/[^\\s<>|]+[^\\s<>|.,;:!?)])',
  ].join('|'),
  'g',
);

function inline(text) {
  return pieces(
    text,
    markup,
    ([, bracket, code, emoji, wrap, wrapped, address]) => {
      if (bracket) return reference(bracket);
      if (code) return { type: 'code', children: onlyBrackets(code) };
      if (emoji) return { type: 'emoji', name: emoji };
      if (wrap) return { type: wraps[wrap], children: inline(wrapped) };
      return { type: 'link', url: unescaped(address), text: unescaped(address) };
    },
    unescaped,
  );
}

/** Inside code nothing is formatted, but references still work, mentions included. */
const onlyBrackets = (text) => pieces(text, /<([^<>\n]+)>/g, (match) => reference(match[1]), unescaped);

function pieces(text, pattern, nodeOf, textOf) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) nodes.push({ type: 'text', text: textOf(text.slice(from, match.index)) });
    nodes.push(nodeOf(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push({ type: 'text', text: textOf(text.slice(from)) });
  return nodes;
}

/** What stands between angle brackets: a mention, a channel, a date or a link. */
function reference(inside) {
  const [target, label] = splitOnce(inside, '|');
  const text = label === undefined ? undefined : unescaped(label);
  const date = /^!date\^(\d+)\^(.+?)(?:\^(.+))?$/.exec(target);
  if (date)
    return {
      type: 'date',
      timestamp: Number(date[1]),
      format: unescaped(date[2]),
      url: date[3],
      fallback: text,
    };
  if (/^@[UW]/.test(target)) return { type: 'user', id: target.slice(1), text };
  if (/^#[CG]/.test(target)) return { type: 'channel', id: target.slice(1), text };
  if (target.startsWith('!subteam^')) return { type: 'usergroup', id: target.slice(9), text };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: 'broadcast', range: target.slice(1) };
  if (/^(https?:\/\/|mailto:)/.test(target))
    return { type: 'link', url: unescaped(target), text: text ?? unescaped(target) };
  return { type: 'text', text: unescaped(`<${inside}>`) };
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
