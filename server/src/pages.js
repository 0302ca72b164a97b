// The script of the pages that the server paints alone. It takes a link's secret out of the address before anything else happens, and forgets
// pages that this browser kept for someone else.
'use strict';

// Mail gateways turn the # into %23, or the whole into a path.
const found = /(?:t=|\/ind\/)([\w-]{43})$/.exec(decodeURIComponent(location.pathname) + location.hash);
const link = document.getElementById('link');
if (found && link) {
  history.replaceState(null, '', '/ind');
  link.elements.namedItem('t').value = found[1];
  for (const part of document.querySelectorAll('[data-link]')) part.hidden = part.dataset.link !== 'yes';
  document.querySelector('#link button').focus();
}
// A link that is opened where this page is open already changes the fragment alone.
window.addEventListener('hashchange', () => location.reload());

if (document.body.dataset.page === 'sign-in' && 'caches' in window) {
  caches.keys().then((names) => names.filter((name) => name.startsWith('pages-')).forEach((name) => caches.delete(name)));
}

// A choice that needs no button where there is a script.
for (const select of document.querySelectorAll('select[data-submit]')) {
  select.addEventListener('change', () => select.form.requestSubmit());
}
