import Foundation
import TestSupport
import Testing

/// The page as a browser shows it. Scripts that are added to a copy of the page do what a reader does, and leave what came
/// of it in an attribute.
@Suite(.enabled(if: Browser.executable != nil, "needs Chromium: apt-get install chromium"))
struct ReportPageTests {
  /// Runs first: collects whatever would show in the console.
  private static let collector = """
    <script>
    window.troubles = [];
    addEventListener("error", (event) => troubles.push(String(event.message)));
    addEventListener("unhandledrejection", (event) => troubles.push(String(event.reason)));
    addEventListener("securitypolicyviolation", (event) => troubles.push("blocked " + event.blockedURI));
    for (const kind of ["error", "warn", "log", "info"]) console[kind] = (...all) => troubles.push(all.join(" "));
    </script>
    """

  /// Does what a reader does, after the page's own script.
  private static let reader = #"""
    <script>
    addEventListener("load", () => {
      const all = (selector) => [...document.querySelectorAll(selector)];
      const tip = document.getElementById("tip");
      const isShown = (element) => element.getBoundingClientRect().width > 0;
      const visible = () => all("svg.chart").filter(isShown);
      const outcome = {};
      const middle = (chart, across, down) => {
        const box = chart.getBoundingClientRect();
        const scale = box.width / chart.viewBox.baseVal.width;
        const [x, y, width, height] = chart.dataset.plot.split(" ").map(Number);
        return { clientX: box.left + (x + width * across) * scale, clientY: box.top + (y + height * down) * scale };
      };
      const point = (chart, across, down) =>
        chart.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...middle(chart, across, down) }));
      const press = (chart, key) => chart.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

      outcome.charts = all("svg.chart").length;
      outcome.empty = all("svg.chart").filter((chart) => !chart.querySelector("path,rect,text")).length;
      outcome.small = visible().filter((chart) => chart.getBoundingClientRect().width < 200).length;
      outcome.broken = all("svg.chart [d],svg.chart [x]").filter((element) =>
        /NaN|Infinity|undefined/.test(element.outerHTML)).length;
      outcome.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      outcome.resources = performance.getEntriesByType("resource").length;

      // Text of a chart must not be drawn beyond it.
      outcome.cut = visible().flatMap((chart) => {
        const box = chart.getBoundingClientRect();
        return [...chart.querySelectorAll("text")].filter((text) => {
          const own = text.getBoundingClientRect();
          return own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1;
        }).map((text) => text.textContent);
      });

      const chip = document.querySelector(".chip");
      const line = visible().find((chart) => chart.dataset.kind === "lines").querySelector(".s0");
      outcome.isButton = chip.tagName === "BUTTON" && chip.getAttribute("aria-pressed") === "true";
      chip.click();
      outcome.hidden = !isShown(line) && chip.getAttribute("aria-pressed") === "false";
      const lines = visible().find((chart) => chart.dataset.kind === "lines");
      point(lines, 0.5, 0.5);
      outcome.rowsWithout = tip.querySelectorAll("tr").length;
      chip.click();
      outcome.back = isShown(line);
      point(lines, 0.5, 0.5);
      outcome.rows = tip.querySelectorAll("tr").length;
      lines.dispatchEvent(new PointerEvent("pointerleave"));
      outcome.left = tip.textContent === "" && !document.querySelector(".cursor");

      // Every kind of chart by pointer and by keyboard, in every metric's panel.
      outcome.kinds = {};
      outcome.failures = [];
      const tabs = all(".tabs button");
      for (const tab of [null, ...tabs]) {
        if (tab) {
          tab.click();
          const panel = document.getElementById(tab.dataset.panel);
          if (!isShown(panel) || all(".panel").filter(isShown).length !== 1) outcome.failures.push("tab " + tab.textContent);
        }
        for (const chart of visible()) {
          const { kind } = chart.dataset;
          const [columns, rows] = chart.dataset.cells.split(" ").map(Number);
          point(chart, 0.999, 0.999);
          const last = tip.textContent;
          point(chart, 0.001, 0.001);
          const first = tip.textContent;
          const key = columns > 1 ? "ArrowRight" : "ArrowDown";
          press(chart, key);
          const next = tip.textContent;
          const box = tip.getBoundingClientRect();
          const fits = box.left >= 0 && box.right <= innerWidth;
          press(chart, "Escape");
          if (!first || !last || !fits || /NaN|undefined|null|object/.test(first + last + next)
            || columns * rows > 1 && (first === last || next === first) || tip.textContent !== "") {
            outcome.failures.push([kind, chart.dataset.key, first, next, last, fits].join(" / "));
          }
          outcome.kinds[kind] = (outcome.kinds[kind] ?? 0) + 1;
        }
      }
      tabs.find((tab) => tab.textContent === "abs_mean").click();
      const map = visible().find((chart) => chart.dataset.key === "abs_mean.heat.without_sinks");
      point(map, 0.001, 0.001);
      outcome.told = [tip.firstChild.textContent, ...[...tip.querySelectorAll("td")].map((cell) => cell.textContent)];
      press(map, "Escape");
      const focused = visible()[0];
      focused.focus();
      outcome.focus = document.activeElement === focused;

      const scopes = all("input[name=scope]");
      const before = visible()[0];
      scopes[0].click();
      outcome.scope = !isShown(before) && visible().length > 0;
      scopes[scopes.length - 1].click();
      outcome.again = isShown(before);

      // What a reader chooses among is on the screen, and what a link leads to is not behind the bar.
      const bar = document.querySelector(".bar");
      outcome.choice = scopes.length > 1 && scopes.map((input) => input.parentElement.getBoundingClientRect())
        .every((box) => box.width > 0 && box.left >= 0 && box.right <= innerWidth);
      outcome.behind = all("nav a").filter((link) => {
        link.click();
        const heading = document.querySelector(link.hash + " h2").getBoundingClientRect();
        return heading.top < bar.getBoundingClientRect().bottom - 1 || heading.bottom > innerHeight;
      }).map((link) => link.hash);
      // Four pictures, each with what it shows.
      outcome.pictures = all("#pictures figure").filter(isShown).map((figure) => figure.querySelectorAll("p").length);

      outcome.troubles = troubles;
      document.body.dataset.outcome = JSON.stringify(outcome);
    });
    </script>
    """#

  /// A run of the fixture with its report.
  private static let run = Result {
    let folder = try TemporaryFolder()
    let model = Tool.tinyModel
    let result = try Tool.run(
      "profile", "--model", model.path, "--corpus", model.appending(path: "corpus.json").path, "--output",
      folder.path("run"), "--quiet")
    try #require(result.status == 0, "\(result.messages)")
    let report = try Tool.run("report", folder.path("run"), "--quiet")
    try #require(report.status == 0 && report.messages.isEmpty && report.output.isEmpty, "\(report.messages)")
    return folder
  }

  @Test(.timeLimit(.minutes(Hang.minutes)), arguments: [390, 900, 1400])
  func `charts are drawn, toggling and hovering work, and the console is silent`(width: Int) throws {
    let folder = try Self.run.get()
    var page = try folder.text("run/report.html")
    try #require(page.contains("<head>") && page.contains("</body>"))
    page = page.replacing("<head>", with: "<head>" + Self.collector).replacing("</body>", with: Self.reader + "</body>")
    let outcome = try Self.outcome(of: page, named: "page-\(width).html", width: width)
    #expect(outcome["troubles"] as? [String] == [])
    #expect(outcome["failures"] as? [String] == [])
    #expect(outcome["cut"] as? [String] == [])
    // The same charts as files, and as in the page without a browser.
    #expect(try outcome["charts"] as? Int == folder.names(in: "run/figures").count)
    for key in ["empty", "small", "broken", "overflow", "resources"] { #expect(outcome[key] as? Int == 0, "\(key)") }
    #expect(outcome["behind"] as? [String] == [])
    #expect(outcome["pictures"] as? [Int] == [1, 1, 1, 1])
    for key in ["isButton", "hidden", "back", "left", "focus", "scope", "again", "choice"] {
      #expect(outcome[key] as? Bool == true, "\(key)")
    }
    try expectMeans(of: outcome["told"] as? [String] ?? [])
    #expect(outcome["rows"] as? Int == 7)
    #expect(outcome["rowsWithout"] as? Int == 6)
    let kinds = try #require(outcome["kinds"] as? [String: Int])
    #expect(Set(kinds.keys) == ["lines", "grid", "deviation", "verdict", "bars", "least", "ranks", "dots"])
  }

  /// Expects the tooltip of the first domain's first block to tell what `summary.csv` says.
  private func expectMeans(of tooltip: [String]) throws {
    let summary = try Self.run.get().text("run/summary.csv").split(separator: "\n")
    let row = try #require(summary.first { $0.hasPrefix("cpp,without_sinks,0,abs_mean,") })
    let cells = row.split(separator: ",").map(String.init)
    try #require(tooltip.count == 7, "\(tooltip)")
    #expect(tooltip[0] == "cpp, block 0")
    #expect(tooltip[1] == "mean")
    #expect(tooltip[3] == "standard deviation")
    #expect(tooltip[5] == "texts")
    for (text, number) in [(tooltip[2], cells[5]), (tooltip[4], cells[7])] {
      let (told, value) = (try #require(Double(text)), try #require(Double(number)))
      #expect(abs(told - value) < 6e-4 * value, "\(text) for \(number)")
    }
    #expect(tooltip[6] == cells[4])
  }

  /// Collects, of a page whose rules for print hold on the screen too, what would be torn apart.
  private static let printer = #"""
    <script>
    addEventListener("load", () => {
      const all = (selector) => [...document.querySelectorAll(selector)];
      const style = (element) => getComputedStyle(element);
      const name = (element) => element.tagName + " " + element.textContent.slice(0, 40);
      const outcome = {
        torn: all("figure, tr, #summary > div").filter((element) => style(element).breakInside !== "avoid").map(name),
        // A heading, and what stands between it and its figures.
        left: all("h2, h3, section > p, .panel > p, .scope0 > p").filter((element) =>
          style(element).breakAfter !== "avoid").map(name),
        bar: style(document.querySelector(".bar")).display, panels: all(".panel").filter((panel) =>
          style(panel).display === "none").length,
      };
      document.body.dataset.outcome = JSON.stringify(outcome);
    });
    </script>
    """#

  @Test(.timeLimit(.minutes(Hang.minutes)))
  func `in print a heading stands with its figure, a figure in one piece, and every metric is there`() throws {
    let folder = try Self.run.get()
    let page = try folder.text("run/report.html").replacing("@media print", with: "@media all")
      .replacing("</body>", with: Self.printer + "</body>")
    let outcome = try Self.outcome(of: page, named: "print.html", width: 900)
    #expect(outcome["torn"] as? [String] == [])
    #expect(outcome["left"] as? [String] == [])
    #expect(outcome["bar"] as? String == "none")
    #expect(outcome["panels"] as? Int == 0)
  }

  /// Opens a page whose scripts leave what came of them in an attribute.
  private static func outcome(of page: String, named name: String, width: Int) throws -> [String: Any] {
    let copy = URL(filePath: try run.get().write(page, to: name))
    let document = try Browser.document(of: copy, width: width)
    let attribute = try #require(
      document.firstMatch(of: /data-outcome="([^"]*)"/), "the scripts did not come to an end")
    let text = attribute.1.replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return try object(String(text))
  }
}
