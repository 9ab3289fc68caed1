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

  // The list of steps follows what the job says of itself.
  function mark(now) {
    document.querySelectorAll(".steps li").forEach((step, number) => {
      const words = number < now ? "done" : number === now ? "now" : "to do";
      step.className = words === "to do" ? "" : words;
      words === "now" ? step.setAttribute("aria-current", "step") : step.removeAttribute("aria-current");
      step.querySelector(".tag").textContent = words;
    });
  }

  // A job that is over cannot be stopped any more, but perhaps taken back: the server knows.
  async function showWhatCanBeDone() {
    const response = await fetch(output.dataset.again, { credentials: "same-origin", cache: "no-store" });
    const text = await response.text();
    const [begin, end] = [text.indexOf('<div id="more">'), text.indexOf("<!-- end of more -->")];
    if (!response.ok || begin < 0 || end < begin) return;
    const part = new DOMParser().parseFromString(text.slice(begin, end), "text/html");
    document.getElementById("more").replaceWith(part.getElementById("more"));
    correctOrigins();
  }

  function take(event) {
    if (event.event === "output") add(event.text, names[event.stream]);
    const step = event.stream === "unstick" && /^-- step (\d+) of \d+/.exec(event.text);
    if (step) mark(Number(step[1]) - 1);
    if (event.event === "end" && event.state === "done") mark(Infinity);
    if (event.event === "note") add(event.text + "\n", "unstick");
    if (event.event === "end") {
      state.textContent = event.text;
      state.className = event.state === "done" ? "good" : "bad";
      link = null;
      showWhatCanBeDone();
    }
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
        if (failures) state.textContent = "running";
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
