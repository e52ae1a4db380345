/* A key that is pressed in a field is written into it; Tab and Enter keep their meaning. Without script one types its name. */
"use strict";

document.getElementById("keys").addEventListener("keydown", (event) => {
  const field = event.target.closest("input:not([type=hidden])");
  const { key } = event;
  if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const named = /^(Arrow(Left|Right|Up|Down)|Page(Up|Down)|Backspace|Delete|Insert)$/.test(key);
  if (!named && [...key].length !== 1) return;
  event.preventDefault();
  const same = field.value.toLowerCase() === (key === " " ? "space" : key.toLowerCase());
  if (named && key === "Backspace" && field.value) field.value = ""; // empties first; in an empty field it is the key
  else if (!same) field.value = key === " " ? "Space" : named ? key : key.toUpperCase();
});
