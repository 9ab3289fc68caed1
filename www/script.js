// Goes on reading a running job's output by byte offset. Without JavaScript the page refreshes itself instead.
"use strict";
(function () {
  const output = document.getElementById("output");
  if (!output || !output.dataset.next) return;
  const state = document.getElementById("state");
  const names = { err: "err", unstick: "unstick" };
  let link = output.dataset.next + "&format=json";
  let failures = 0;

  const atEnd = () => output.scrollHeight - output.scrollTop - output.clientHeight < 40;

  function add(text, className) {
    const follow = atEnd();
    const span = document.createElement("span");
    if (className) span.className = className;
    span.textContent = text;
    output.append(span);
    if (follow) output.scrollTop = output.scrollHeight;
  }

  function take(event) {
    if (event.event === "output") add(event.text, names[event.stream]);
    if (event.event === "note") add(event.text + "\n", "unstick");
    if (event.event === "end") { state.textContent = event.text; link = null; }
    if (event.event === "more") link = event.link.slice(event.link.indexOf("?"));
  }

  async function readPart(response) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value || new Uint8Array(), { stream: !done });
      const lines = rest.split("\n");
      rest = lines.pop();
      lines.filter(Boolean).forEach((line) => take(JSON.parse(line)));
      if (done) return;
    }
  }

  async function go() {
    while (link) {
      try {
        const response = await fetch(link, { credentials: "same-origin", cache: "no-store" });
        if (!response.ok) throw new Error("status " + response.status);
        await readPart(response);
        failures = 0;
      } catch (problem) {
        failures += 1;
        state.textContent = "waiting for the server (" + problem.message + ")";
        await new Promise((resolve) => setTimeout(resolve, Math.min(10000, 500 * 2 ** failures)));
      }
    }
  }
  output.scrollTop = output.scrollHeight;
  go();
})();
