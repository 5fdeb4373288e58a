// Comfort only: every page works without this file.
"use strict";

// Filters lie open where there is room for them beside the results.
const wide = window.matchMedia("(min-width: 900px)");
function openFilters() {
  for (const part of document.querySelectorAll("details.wide-open")) part.open = wide.matches;
}
wide.addEventListener("change", openFilters);
openFilters();

// Leave the fields that nobody filled in out of the address.
for (const form of document.querySelectorAll('form[method="get"]')) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

// A second press of the same button sends nothing.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
