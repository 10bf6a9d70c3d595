import { svg } from './dom.js';
import { store } from './store.js';

const colours = [
  '#2b6cb0',
  '#8a3ffc',
  '#b83280',
  '#c05621',
  '#2f855a',
  '#00708a',
  '#a13d63',
  '#5a67d8',
  '#8c5e12',
];

/** A person's face: initials on a colour of their own. The app has its gate. */
export function avatar(person, size = 36) {
  if (person?.isApp) return gate(size);
  const name = person?.realName ?? '?';
  const letters = name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return svg(
    'svg',
    { width: size, height: size, viewBox: '0 0 36 36', 'aria-hidden': 'true', class: 'avatar' },
    svg('rect', { width: 36, height: 36, rx: 8, fill: colourOf(person?.id ?? '?') }),
    svg(
      'text',
      { x: 18, y: 23.5, 'text-anchor': 'middle', 'font-size': 15, 'font-weight': 700, fill: '#fff' },
      letters,
    ),
  );
}

const colourOf = (id) => {
  const place = store.screen.people.findIndex((one) => one.id === id);
  return colours[(place + colours.length) % colours.length];
};

function gate(size) {
  const stroke = { fill: 'none', 'stroke-linecap': 'round' };
  return svg(
    'svg',
    { width: size, height: size, viewBox: '0 0 36 36', 'aria-hidden': 'true', class: 'avatar' },
    svg('rect', { width: 36, height: 36, rx: 8, fill: '#0b4f4a' }),
    svg('path', { d: 'M8 28V15a10 10 0 0 1 20 0v13', stroke: '#fff', 'stroke-width': 2.6, ...stroke }),
    svg('path', {
      d: 'M14 28V13.5M18 28V11.5M22 28V13.5M9 20h18M9 25h18',
      stroke: '#7fe0c8',
      'stroke-width': 1.9,
      ...stroke,
    }),
  );
}
