import { byId } from './dom.js';

let timer;
/** A short word at the bottom of the page, gone after a while. */
export function notify(text) {
  const place = byId('notice');
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove('shown'), 6000);
}
