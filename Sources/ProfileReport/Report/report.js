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

  const number = (value, digits = 4) => {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    const isPlain = size === 0 || (size >= 1e-3 && size < 1e6);
    const text = isPlain ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
    return text.replaceAll("-", "−");
  };
  const hundredths = (value) => value === null ? "–" : (value / 100).toFixed(2).replace("-", "−");
  const ofDraws = (share) => share === null ? "–" : number(100 * share, 3) + " % of draws";
  const block = (column) => "block " + (data.first + column);
  const shown = () => data.domains.map((_, d) => d).filter((d) => !root.classList.contains("off" + d));
  const table = (key) => data.metrics[key];
  const counts = (key) => table(key).n ?? data.counts[key.split("|")[1]];
  const half = (key, d, column) => {
    const n = counts(key)[d][column];
    const sd = table(key).sd[d][column];
    return sd === null ? null : data.factors[n] * sd / Math.sqrt(n);
  };
  const mean = (values) => {
    const found = values.filter((value) => value !== null);
    return found.length ? found.reduce((a, b) => a + b) / found.length : null;
  };
  const pooled = (key, column) => {
    let scatter = 0, degrees = 0;
    table(key).sd.forEach((row, d) => {
      if (row[column] === null) return;
      const n = counts(key)[d][column];
      scatter += row[column] ** 2 * (n - 1);
      degrees += n - 1;
    });
    return degrees ? Math.sqrt(scatter / degrees) : null;
  };

  // What a chart says at a column and a row: a heading and lines of name and value.
  const tell = {
    lines(set, column) {
      const { key, band } = set;
      return [block(column), shown().map((d) => {
        const value = table(key).mean[d][column];
        const spread = band === "ci" ? half(key, d, column) : table(band === "sd" ? key : band).sd[d][column];
        return [data.domains[d], number(value) + (spread === null ? "" : " ± " + number(spread, 3))];
      })];
    },
    grid({ key }, column, d) {
      return [data.domains[d] + ", " + block(column), [
        ["mean", number(table(key).mean[d][column])],
        ["standard deviation", number(table(key).sd[d][column])],
        ["texts", String(counts(key)[d][column])],
      ]];
    },
    deviation(set, column, d) {
      const { key } = set;
      const center = mean(table(key).mean.map((row) => row[column]));
      const spread = pooled(key, column);
      const own = table(key).mean[d][column];
      const distance = own === null || !spread ? null : (own - center) / spread;
      return [data.domains[d] + ", " + block(column), [
        ["distance in SD", number(distance, 3)], ["mean", number(own)], ["mean of all domains", number(center)],
      ]];
    },
    verdict({ key }, column, row) {
      const set = data.verdicts[key];
      const pairs = data.pairs[set.pairs];
      const at = row * (set.verdict.length / pairs.length) + column;
      const word = data.words[set.verdict[at]];
      // The ends of the interval are written as their distance from g.
      const end = (part, sign) => hundredths(part[at] === null ? null : set.g[at] + sign * part[at]);
      const lines = [
        ["verdict", word], ["Hedges’ g", hundredths(set.g[at])],
        ["95 % interval", end(set.low, -1) + " to " + end(set.high, 1)],
        ["q", set.q[at] === null ? "–" : set.q[at] < 1 ? "< 0.0001" : (set.q[at] / 10000).toFixed(4)],
      ];
      if (set.texts[at] > 0) lines.push(["texts needed per domain", set.texts[at].toLocaleString("en")]);
      return [pairs[row].join(" – ") + ", " + block(column), lines];
    },
    bars({ key }, _, row) {
      const set = data.rankings[key];
      const lines = [["value", number(set.values[row])]];
      if (set.low[row] !== null) lines.push(["95 % interval", number(set.low[row]) + " to " + number(set.high[row])]);
      lines.push(["least in", ofDraws(set.shares[row]?.[0] ?? null)]);
      return ["block " + set.layers[row], lines];
    },
    least({ key }, column, row) {
      const set = data.rankings[key];
      const name = column === 0 ? "the least" : "among the " + (column + 1) + " least";
      return ["block " + set.layers[row], [[name, ofDraws(set.shares[row][column])]]];
    },
    ranks({ key, order }, place) {
      const column = Number(order.split(" ")[place]);
      return [block(column), shown().map((d) => {
        const sd = table(key).sd[d][column];
        return [data.domains[d], number(sd === null ? null : sd * sd)];
      })];
    },
    dots({ key }, column, d) {
      const [count, least, low, middle, high, most] = data.dots[key][d];
      return [data.domains[d], [
        ["texts", String(count)], ["median", number(middle)], ["middle half", number(low) + " to " + number(high)],
        ["least, most", number(least) + ", " + number(most)],
      ]];
    },
  };

  const hide = () => {
    tip.replaceChildren();
    for (const cursor of all(".cursor")) cursor.remove();
  };

  const show = (chart, column, row) => {
    hide();
    const [x, y, width, height] = chart.dataset.plot.split(" ").map(Number);
    const [columns, rows] = chart.dataset.cells.split(" ").map(Number);
    const cell = { x: x + width / columns * column, y: y + height / rows * row };
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const sizes = { class: "cursor", x: cell.x, y: cell.y, width: width / columns, height: height / rows };
    for (const [name, value] of Object.entries(sizes)) cursor.setAttribute(name, value);
    chart.append(cursor);

    const [title, lines] = tell[chart.dataset.kind](chart.dataset, column, row);
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
    let place = [0, 0];
    const point = (event) => {
      const box = chart.getBoundingClientRect();
      const scale = chart.viewBox.baseVal.width / box.width;
      const column = Math.floor(((event.clientX - box.left) * scale - x) / width * columns);
      const row = Math.floor(((event.clientY - box.top) * scale - y) / height * rows);
      if (column < 0 || row < 0 || column >= columns || row >= rows) return hide();
      place = [column, row];
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
