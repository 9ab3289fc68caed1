// Addresses are shown as the server saw this request come. A proxy may have taken the HTTPS off on the way to it, and what
// this browser asked with only this browser knows.
"use strict";
function correctOrigins() {
  if (!location.protocol.startsWith("http")) return;
  for (const place of document.querySelectorAll("[data-origin]")) {
    place.textContent = place.textContent.replaceAll(place.dataset.origin, location.origin);
    place.dataset.origin = location.origin;
  }
  const doubt = document.getElementById("plain-http");
  if (doubt) doubt.hidden = true;
}
correctOrigins();
