// The script of the pages that the server paints alone. It takes a link's secret out of the address before anything else happens, and forgets
// pages that this browser kept for someone else.
'use strict';

const isSignIn = document.body.dataset.page === 'sign-in';

// Mail gateways turn the # into %23, or the whole into a path.
function takeLink() {
  const found = /(?:t=|\/ind\/)([\w-]{43})$/.exec(location.pathname.replace('%23', '#') + location.hash);
  if (!found || !isSignIn) return;
  const link = document.getElementById('link');
  if (!link) return location.replace('/ind/' + found[1]);
  history.replaceState(null, '', '/ind');
  link.elements.namedItem('t').value = found[1];
  for (const part of document.querySelectorAll('[data-link]')) part.hidden = part.dataset.link !== 'yes';
  document.querySelector('#link :is(input[type=email], button)').focus();
}
takeLink();
// A link that is opened where such a page is open already changes the fragment alone.
window.addEventListener('hashchange', takeLink);

if (isSignIn && 'caches' in window) {
  caches.keys().then((names) => names.filter((name) => name.startsWith('pages-')).forEach((name) => caches.delete(name)));
}
