/* Pages that this browser keeps for use without a network are opened only for whoever is signed in: nobody is, here. */
"use strict";

globalThis.caches?.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))));
