// Service worker: lets a meeting page open without network or server. It keeps pages and hashed assets, nothing else; text lives in the
// page's replica, and /api and /sync never pass through here.
'use strict';

const PAGES = 'pages-1';
const ASSETS = 'assets-1';
// A page that takes longer than this is shown as it was kept.
const PATIENCE = 2500;
// Newest entries that stay; a build has about fifteen assets.
const KEPT_PAGES = 50;
const KEPT_ASSETS = 120;

const PLAIN_PAGE = `<!doctype html><html lang="da"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Dagsorden</title><style>body{font:17px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto 0;padding:0 1.5rem;color-scheme:light dark}</style>
<h1>Ingen forbindelse</h1><p>Siden har ikke været åbnet på denne enhed, så den er ikke gemt her. Det, du har skrevet i andre møder, ligger stadig på enheden.</p>
<p><a href="">Prøv igen</a></p></html>`;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name !== PAGES && name !== ASSETS) await caches.delete(name);
  }
  await self.clients.claim();
})()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && isPage(url)) event.respondWith(page(event, url));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event, request));
});

// The page that registered the worker was loaded without it: it names itself and its assets to be kept. Later it names the parts that it
// has not used yet, without itself.
self.addEventListener('message', (event) => {
  const { keep } = event.data ?? {};
  if (!keep) return;
  const page = keep.page ? [keepPage(keep.page)] : [];
  event.waitUntil(Promise.allSettled([...page, ...keep.assets.map(keepAsset)]));
});

function isPage(url) {
  return url.pathname === '/' || url.pathname.startsWith('/m/');
}

// Pages are kept by path: what follows `?` or `#` is the page's own business.
function pageKey(url) {
  return new URL(url.pathname, self.location.origin).href;
}

async function page(event, url) {
  const kept = await caches.match(pageKey(url), { cacheName: PAGES });
  const fresh = fetch(event.request);
  // Registered before anybody reads the body, and while the event still lives.
  event.waitUntil(fresh.then((response) => rememberPage(url, response.clone())).catch(() => {}));
  if (!kept) return fresh.catch(plain);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  // A server that is being restarted, or a proxy without one, is no better than none.
  const good = fresh.then((response) => (response.status >= 500 ? kept : response), () => kept);
  return Promise.race([good, late]);
}

async function rememberPage(url, response) {
  const cache = await caches.open(PAGES);
  if (response.status === 404 || response.status === 410) await cache.delete(pageKey(url));
  if (response.status !== 200 || response.redirected || response.type !== 'basic') return;
  await store(cache, pageKey(url), response, KEPT_PAGES);
}

async function asset(event, request) {
  const kept = await caches.match(request, { cacheName: ASSETS });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.status === 200) event.waitUntil(rememberAsset(request.url, response.clone()));
  return response;
}

async function rememberAsset(url, response) {
  await store(await caches.open(ASSETS), url, response, KEPT_ASSETS);
}

async function keepPage(href) {
  const url = new URL(href, self.location.origin);
  if (url.origin !== self.location.origin || !isPage(url)) return;
  await rememberPage(url, await fetch(pageKey(url), { credentials: 'same-origin', headers: { Accept: 'text/html' } }));
}

async function keepAsset(href) {
  const url = new URL(href, self.location.origin);
  if (url.origin !== self.location.origin || !url.pathname.startsWith('/assets/')) return;
  if (await caches.match(url.href, { cacheName: ASSETS })) return;
  const response = await fetch(url.href);
  if (response.status === 200) await rememberAsset(url.href, response);
}

// Newest last, so that the oldest goes first.
async function store(cache, key, response, limit) {
  await cache.delete(key);
  await cache.put(key, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - limit)).map((old) => cache.delete(old)));
}

function plain() {
  return new Response(PLAIN_PAGE, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
