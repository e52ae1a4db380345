/* Opens the screening pages that this browser keeps when there is no network. The network always comes first; what is
   kept was put there by the pages themselves (batch.js), for the person who took records along. */
"use strict";

const AWAY = [502, 503, 504]; // a proxy answers, the server behind it does not
const PATIENCE = 8000; // ms: a network that is there and brings nothing counts as none

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  const page = request.mode === "navigate";
  if (request.method !== "GET" || origin !== location.origin || !(page || pathname.startsWith("/static/"))) return;
  event.respondWith(answer(request, page));
});

async function answer(request, page) {
  const kept = await caches.match(request, { ignoreSearch: page, ignoreVary: true });
  if (!kept) return fetch(request);
  const patience = new AbortController(), timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const reply = await fetch(request, { signal: patience.signal });
    return AWAY.includes(reply.status) ? kept : reply;
  } catch {
    return kept;
  } finally {
    clearTimeout(timer); // what has begun to come may take its time
  }
}
