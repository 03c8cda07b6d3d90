"use strict";
// Whatever a log says goes into the page as text, never as markup: textContent throughout, no innerHTML.
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("samples-data").textContent);
  const dialog = byId("samples"), filter = byId("samples-filter"), rows = byId("samples-rows");
  const more = byId("samples-more");
  const STEP = 200;
  let found = [], shown = 0, key = null;

  const make = (tag, text, name) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (name) element.className = name;
    return element;
  };

  const armsOf = (runs) => runs.flatMap((run) =>
    Array.isArray(run) ? Array.from({ length: run[1] - run[0] + 1 }, (_, i) => run[0] + i) : [run]);

  const at = (once, i) => Array.isArray(once) ? once[i] : once;

  const valueOf = (values, i) => {
    if (values === undefined) return null;
    if (typeof values !== "string") return values[i];
    return values[i] === "-" ? null : Number(values[i]);
  };

  const samplesOf = (index, key) => {
    const arm = data.arms[index];
    const values = key === null ? undefined : arm.values[key];
    return arm.ids.map((rest, i) => ({
      arm: arm.name, id: arm.prefix + rest, log: data.logs[at(arm.log, i)], epoch: at(arm.epoch, i),
      outcome: data.outcomes[parseInt(arm.outcomes[i], 36)], error: arm.errors[i] || "", value: valueOf(values, i),
    }));
  };

  // Those that count come first, then those that do not, then those without a value.
  const order = (one, two) => (two.value ?? -Infinity) - (one.value ?? -Infinity) || 0;

  const address = (sample) => data.viewer + "/#/logs/" +
    sample.log.split("/").map(encodeURIComponent).join("/") +
    "/samples/sample/" + encodeURIComponent(sample.id) + "/" + sample.epoch + "/";

  const row = (sample) => {
    const line = make("tr", undefined, sample.value === 1 ? "yes" : "");
    if (key !== null) line.append(make("td", sample.value === null ? "–" : String(sample.value), "number"));
    const outcome = make("td");
    if (sample.outcome) {
      const dot = make("span", undefined, "dot");
      dot.style.background = data.colours[sample.outcome] || "transparent";
      outcome.append(dot, sample.outcome.replaceAll("_", " "));
    } else {
      outcome.append(make("span", "broke", "error"));
    }
    const what = make("td");
    const name = make(data.viewer ? "a" : "span", sample.id);
    if (data.viewer) {
      name.href = address(sample);
      name.target = "_blank";
      name.rel = "noopener noreferrer";
    }
    what.append(name, make("small", "epoch " + sample.epoch + " · " + sample.arm), make("small", sample.log));
    if (sample.error) what.append(make("small", sample.error, "error"));
    line.append(outcome, what);
    return line;
  };

  const extend = () => {
    rows.append(...found.slice(shown, shown + STEP).map(row));
    shown = Math.min(found.length, shown + STEP);
    more.hidden = shown >= found.length;
    more.textContent = "Show more (" + (found.length - shown) + " are left)";
  };

  let all = [];
  const sift = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter((s) => {
      const text = [s.id, s.log, s.outcome, s.outcome.replaceAll("_", " "), s.arm, s.error].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    rows.replaceChildren();
    shown = 0;
    extend();
    if (!found.length) {
      const empty = make("td", "no such sample", "faint");
      empty.colSpan = 3;
      const line = make("tr");
      line.append(empty);
      rows.append(line);
    }
  };

  const about = (arms) => {
    const some = all.filter((s) => s.value === 1).length, none = all.filter((s) => s.value === null).length;
    const counts = key === null ? "" :
      key + " is 1 in " + some + (none ? ", without a value in " + none : "") + ". ";
    const names = arms.map((i) => data.arms[i].name);
    return counts + (names.length > 6 ? names.slice(0, 5).join(" · ") + " · and " + (names.length - 5) + " more arms" :
      names.join(" · "));
  };

  const hint = () => {
    const how = byId("samples-how");
    how.replaceChildren();
    if (data.viewer) {
      how.textContent = "Each sample opens in the log viewer, while that runs.";
      return;
    }
    const command = "inspect view --log-dir <folder of the logs>";
    const copy = make("button", "copy", "plain");
    copy.type = "button";
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(command);
        copy.textContent = "copied";
      } catch {
        copy.textContent = "select it, please";
      }
    });
    how.append("To read a sample step by step: ", make("code", command), " ", copy);
  };

  const open = (button) => {
    const [runs, counted] = data.behind[Number(button.dataset.behind)];
    const arms = armsOf(runs);
    key = counted;
    all = arms.flatMap((i) => samplesOf(i, key));
    if (key !== null) all.sort(order);
    const broke = all.filter((s) => !s.outcome).length;
    byId("samples-title").textContent = "Behind “" + button.textContent + "”: " + all.length +
      (all.length === 1 ? " sample" : " samples") + (broke ? ", " + broke + " of them broke" : "");
    byId("samples-about").textContent = about(arms);
    byId("samples-key").textContent = key === null ? "" : key;
    byId("samples-key").hidden = key === null;
    filter.value = "";
    sift();
    hint();
    dialog.showModal();
    dialog.querySelector(".list").scrollTop = 0;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".behind");
    if (button) open(button);
    // A click beside the panel is one on the dialog itself.
    if (event.target === dialog || event.target.closest(".close")) dialog.close();
  });
  filter.addEventListener("input", sift);
  more.addEventListener("click", extend);

  // The contents are open beside the text, and closed above it.
  const contents = document.querySelector("nav details");
  const wide = window.matchMedia("(min-width: 64rem)");
  const fold = () => { if (contents) contents.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();

  // A link to something inside a closed part opens it; so does printing.
  const reveal = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  };
  window.addEventListener("hashchange", reveal);
  reveal();
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("main details:not([open])")];
    closed.forEach((e) => { e.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((e) => { e.open = false; }));

  // Where the reader is, in the contents.
  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const sections = [...document.querySelectorAll("main section")].filter((s) => links.has(s.id));
  const mark = () => {
    const current = sections.filter((s) => s.getBoundingClientRect().top < 120).pop();
    links.forEach((a, id) => a.classList.toggle("current", current !== undefined && id === current.id));
  };
  let waiting = false;
  window.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
})();
