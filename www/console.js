// What the console page can do better with a script: search, copy, and an address without the key.
"use strict";
(function () {
  const address = document.getElementById("address");
  if (address) history.replaceState(null, "", address.dataset.withoutKey + location.hash);

  const search = document.getElementById("search");
  if (search) {
    const field = document.getElementById("words");
    const hits = document.getElementById("hits");
    const groups = [...document.querySelectorAll("details:has(> dl.offers)")].map((group) => ({ group, open: group.open }));
    search.hidden = false;
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const { group, open } of groups) {
        let any = false;
        for (const row of group.querySelectorAll("dl > div")) {
          row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
          if (!row.hidden) { any = true; found += 1; }
        }
        group.hidden = !any;
        group.open = words.length ? any : open;
      }
      hits.textContent = words.length ? found + " found" : "";
    });
  }

  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copies);
      try {
        await navigator.clipboard.writeText(source.textContent);
      } catch (problem) {  // on plain HTTP there is no clipboard: mark it, so that one key copies it
        getSelection().selectAllChildren(source);
        button.textContent = "Marked: press Ctrl+C";
        return;
      }
      button.textContent = "Copied";
    });
  }
})();
