// The few things that must not wait for the server.
"use strict";
window.chungtay = {
  largerType() {
    const next = (Number(localStorage.getItem("chungtay-type") || 0) + 1) % 3;
    localStorage.setItem("chungtay-type", next);
    document.documentElement.dataset.type = next;
  },
  toggleNavigation(open) {
    const shown = document.body.classList.toggle("ct-open", open);
    const button = document.querySelector(".ct-menu");
    if (button) button.setAttribute("aria-expanded", shown);
    if (shown) document.querySelector(".ct-entry")?.focus();
    else button?.focus();
  },
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("ct-open")) chungtay.toggleNavigation(false);
});
document.documentElement.dataset.type = localStorage.getItem("chungtay-type") || 0;
