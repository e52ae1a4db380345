/* Why a record has its place in the order: asked for when somebody wants to know, and shown in a dialog. */
"use strict";

async function why(ask, report) {
  const dialog = document.getElementById("reasoning"), { html } = await ask(`/why?report=${report}`);
  dialog.querySelector(".told").innerHTML = html; // made by our server, every value escaped
  dialog.showModal();
}
