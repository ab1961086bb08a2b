// The few things that must not wait for the server.
"use strict";
window.chungtay = {
  largerType() {
    const next = (Number(localStorage.getItem("chungtay-type") || 0) + 1) % 3;
    localStorage.setItem("chungtay-type", next);
    document.documentElement.dataset.type = next;
  },
};
document.documentElement.dataset.type = localStorage.getItem("chungtay-type") || 0;
