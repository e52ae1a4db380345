/* A preview follows its file: when the text's hash is another one, the page is shown anew. */
"use strict";
{
  const EVERY = 1500;
  const follows = document.getElementById("follows");
  const address = `/extract/preview/hash?form=${encodeURIComponent(follows.dataset.form)}`;
  const look = async () => {
    try {
      const reply = await fetch(address, { headers: { accept: "application/json" }, cache: "no-store" });
      if (reply.ok && (await reply.json()).sha256 !== follows.dataset.hash) location.reload();
    } catch { /* the server is away: asked again */ }
  };
  setInterval(() => { if (!document.hidden) look(); }, EVERY);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
}
