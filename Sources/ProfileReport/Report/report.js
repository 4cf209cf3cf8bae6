(() => {
  "use strict";
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const tip = document.getElementById("tip");
  const all = (selector) => [...document.querySelectorAll(selector)];

  // Domains: one button shows or hides a domain in every chart.
  for (const chip of all(".chip")) {
    chip.addEventListener("click", () => {
      const isShown = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(isShown));
      root.classList.toggle("off" + chip.dataset.series, !isShown);
    });
  }
  for (const input of all("input[name=scope]")) {
    const show = () => {
      for (const other of all("input[name=scope]")) root.classList.toggle("v" + other.value, other.checked);
    };
    input.addEventListener("change", show);
    // Browsers keep the choice when a page is loaded again.
    show();
  }
  // What a link leads to comes to lie below the bar, however high that is.
  const bar = document.querySelector(".bar");
  const measure = () => root.style.setProperty("--bar", bar.offsetHeight + "px");
  addEventListener("resize", measure);
  measure();
  const tabs = all(".tabs button");
  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      for (const other of tabs) {
        other.setAttribute("aria-pressed", String(other === tab));
        document.getElementById(other.dataset.panel).classList.toggle("on", other === tab);
      }
    });
  }

  // Texts are codes of one or two letters, or written out between bars.
  const unpack = (packed) =>
    [...packed.matchAll(/\|([^|]*)\||[A-P]|../g)].map(([code, text]) => text ?? data.words[code]);
  // The value of a line at a place: its parts as far as they are there. A single row of texts stands for all.
  const value = ([, parts, joiner = "", unit = ""], place) => {
    const texts = parts.map((part) => unpack(data.texts[part])).map((texts) => texts[place % texts.length]);
    const found = texts.filter((text) => text !== "");
    return found.length ? found.join(joiner).replaceAll("-", "−") + unit : "";
  };
  // What a chart says at a column and a row: a heading and lines of label and value.
  const tell = (chart, columns, column, row) => {
    const { lines, rows: rowNames, columns: columnNames, listsDomains } = data.charts[chart];
    const names = [data.names[rowNames]?.[row], data.names[columnNames]?.[column]];
    const heading = names.filter((name) => name !== undefined).join(", ");
    if (listsDomains) {
      const shown = data.domains.map((_, d) => d).filter((d) => !root.classList.contains("off" + d));
      return [heading, shown.map((d) => [data.domains[d], value(lines[0], d * columns + column)])];
    }
    const label = ([name]) => typeof name === "string" ? name : data.names[name][column];
    const told = lines.map((line) => [label(line), value(line, row * columns + column)]);
    return [heading, told.filter(([, text]) => text !== "")];
  };

  const hide = () => {
    tip.replaceChildren();
    for (const cursor of all(".cursor")) cursor.remove();
  };

  // Places of a chart's columns, where these are points and no cells.
  const spotsOf = (chart) => (chart.dataset.points ?? "").split(",").filter(Boolean)
    .map((spot) => spot.split(" ").map(Number));

  const show = (chart, column, row) => {
    hide();
    const [x, y, width, height] = chart.dataset.plot.split(" ").map(Number);
    const [columns, rows] = chart.dataset.cells.split(" ").map(Number);
    const spot = spotsOf(chart)[column];
    const cell = spot
      ? { x: spot[0] - 7, y: spot[1] - 7, width: 14, height: 14 }
      : { x: x + width / columns * column, y: y + height / rows * row, width: width / columns, height: height / rows };
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const sizes = { class: "cursor", ...cell };
    for (const [name, value] of Object.entries(sizes)) cursor.setAttribute(name, value);
    chart.append(cursor);

    const [title, lines] = tell(chart.dataset.key, columns, column, row);
    const heading = document.createElement("b");
    heading.textContent = title;
    const list = document.createElement("table");
    for (const line of lines) {
      const entry = list.insertRow();
      for (const text of line) entry.insertCell().textContent = text;
    }
    tip.replaceChildren(heading, list);
    // Beside the cell, on the side with more room.
    const box = cursor.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const isRight = box.left + box.width / 2 < root.clientWidth / 2;
    const left = isRight ? box.right + 8 : box.left - size.width - 8;
    const top = box.top + (rows === 1 ? 0 : box.height + 6);
    tip.style.left = Math.max(8, Math.min(left, root.clientWidth - size.width - 8)) + "px";
    tip.style.top = Math.max(8, Math.min(top, root.clientHeight - size.height - 8)) + "px";
  };

  for (const chart of all(".chart[data-kind]")) {
    const [x, y, width, height] = chart.dataset.plot.split(" ").map(Number);
    const [columns, rows] = chart.dataset.cells.split(" ").map(Number);
    const spots = spotsOf(chart);
    let place = [0, 0];
    const point = (event) => {
      const box = chart.getBoundingClientRect();
      const scale = chart.viewBox.baseVal.width / box.width;
      const [left, top] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
      const column = Math.floor((left - x) / width * columns);
      const row = Math.floor((top - y) / height * rows);
      if (column < 0 || row < 0 || column >= columns || row >= rows) return hide();
      place = [column, row];
      if (spots.length) {
        const away = ([sx, sy]) => (sx - left) * (sx - left) + (sy - top) * (sy - top);
        place = [0, 0];
        spots.forEach((spot, at) => { if (away(spot) < away(spots[place[0]])) place = [at, 0]; });
      }
      show(chart, ...place);
    };
    chart.addEventListener("pointermove", point);
    chart.addEventListener("pointerdown", point);
    chart.addEventListener("pointerleave", hide);
    chart.addEventListener("focus", () => { if (chart.matches(":focus-visible")) show(chart, ...place); });
    chart.addEventListener("blur", hide);
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (event.key === "Escape") hide();
      // A chart of one row leaves up and down to the page, one of one column left and right.
      if (!step || (step[0] !== 0 ? columns : rows) === 1) return;
      event.preventDefault();
      const limit = (value, count) => Math.max(0, Math.min(count - 1, value));
      place = [limit(place[0] + step[0], columns), limit(place[1] + step[1], rows)];
      show(chart, ...place);
    });
  }
})();
