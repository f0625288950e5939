"use strict";
(() => {
  const form = document.getElementById("filter");
  const words = document.getElementById("words");
  const shown = document.getElementById("shown");
  const groups = [...document.querySelectorAll(".operation")].map((group) => ({
    group,
    entries: [...group.querySelectorAll(".q")].map((entry) => ({
      entry,
      text: (entry.id + " " + entry.querySelector("p").textContent).toLowerCase(),
    })),
  }));
  const total = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  const FINDINGS = new Set(["fail", "error", "warning", "unexpected-pass"]);
  let area = null;

  const boxes = (name) => [...form.querySelectorAll(`input[name="${name}"]`)];
  const values = (name) => new Set(boxes(name).filter((box) => box.checked).map((box) => box.value));

  function apply(unfold) {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = values("level");
    const verdicts = values("verdict");
    let count = 0;
    for (const { group, entries } of groups) {
      let here = 0;
      for (const { entry, text } of entries) {
        const fits =
          levels.has(entry.dataset.l) &&
          verdicts.has(entry.dataset.v) &&
          (area === null || (area.group === group.id && area.column === entry.dataset.a)) &&
          wanted.every((word) => text.includes(word));
        entry.hidden = !fits;
        here += fits;
      }
      group.hidden = here === 0;
      if (unfold) group.open = here > 0;
      count += here;
    }
    shown.textContent = `${count} of ${total} requirements shown`;
  }

  function reset() {
    area = null;
    words.value = "";
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = true;
    apply(false);
  }

  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden || target.closest("[hidden]")) reset();
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  }

  function addCopyButtons(part) {
    for (const program of part.querySelectorAll(".program:not([data-copy])")) {
      program.dataset.copy = "";
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Copy";
      button.addEventListener("click", () => copy(program.querySelector("pre"), button));
      program.querySelector("summary").after(button);
    }
  }

  async function copy(block, button) {
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected: press Ctrl+C";
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => apply(true));
  document.getElementById("only").addEventListener("click", () => {
    for (const box of boxes("verdict")) box.checked = FINDINGS.has(box.value);
    apply(true);
  });
  document.getElementById("reset").addEventListener("click", reset);
  document.getElementById("open").addEventListener("click", () => {
    for (const { group, entries } of groups) {
      group.open = !group.hidden;
      for (const { entry } of entries) entry.open = !entry.hidden && !group.hidden;
    }
  });
  document.getElementById("shut").addEventListener("click", () => {
    for (const part of document.querySelectorAll("main details")) part.open = false;
  });
  for (const link of document.querySelectorAll("a[data-area]")) {
    link.addEventListener("click", () => {
      reset();
      area = { group: link.hash.slice(1), column: link.dataset.area };
      apply(true);
    });
  }
  document.addEventListener("toggle", (event) => addCopyButtons(event.target), true);
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    for (const { group, entries } of groups) {
      for (const { entry } of entries) if (FINDINGS.has(entry.dataset.v)) group.open = entry.open = true;
    }
  });
  apply(false);
  reveal();
})();
