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
  const PRINTED = 10; // causes with their evidence
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
    save();
  }

  // What the reader chose stands behind "#?" in the address: a reload, a bookmark and a link keep it.
  const STATE = "#?";
  const OPEN_KEPT = 40;
  let restoring = true;

  function save() {
    if (restoring) return;
    const state = new URLSearchParams();
    if (words.value) state.set("words", words.value);
    for (const name of ["level", "verdict"]) {
      if (boxes(name).some((box) => !box.checked)) state.set(name, [...values(name)].join(" "));
    }
    if (area) state.set("area", `${area.group} ${area.column}`);
    const open = [...document.querySelectorAll("main details[id][open]")].map((part) => part.id);
    if (open.length) state.set("open", open.slice(0, OPEN_KEPT).join(" "));
    const text = state.toString();
    if (text || location.hash.startsWith(STATE)) history.replaceState(null, "", text ? STATE + text : "#");
  }

  function restore() {
    const state = new URLSearchParams(location.hash.slice(STATE.length));
    words.value = state.get("words") ?? "";
    for (const name of ["level", "verdict"]) {
      if (!state.has(name)) continue;
      const chosen = new Set(state.get(name).split(" "));
      for (const box of boxes(name)) box.checked = chosen.has(box.value);
    }
    const [group, column] = (state.get("area") ?? "").split(" ");
    area = column ? { group, column } : null;
    apply(false);
    for (const id of (state.get("open") ?? "").split(" ")) {
      const part = id && document.getElementById(id);
      if (part && part.tagName === "DETAILS") part.open = true;
    }
  }

  function reset() {
    area = null;
    words.value = "";
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = true;
    apply(false);
  }

  function reveal() {
    if (location.hash.startsWith(STATE)) return;
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
  document.addEventListener("toggle", (event) => {
    addCopyButtons(event.target);
    save();
  }, true);
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => {
    const links = [...document.querySelectorAll(".cause h3 a")].slice(0, PRINTED);
    const heads = new Set(links.map((link) => decodeURIComponent(link.hash.slice(1))));
    for (const { group, entries } of groups) {
      for (const { entry } of entries) if (heads.has(entry.id)) group.open = entry.open = true;
    }
  });
  if (location.hash.startsWith(STATE)) {
    restore();
  } else {
    apply(false);
    reveal();
  }
  restoring = false;
})();
