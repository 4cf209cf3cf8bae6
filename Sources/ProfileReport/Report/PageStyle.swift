/// Style sheet of the page. Follows the system's light or dark mode on screen; always light in print.
enum PageStyle {
  /// - Parameters:
  ///   - series: number of domains.
  ///   - rules: number of series that are no domains.
  ///   - scopes: number of scopes; the page shows one at a time.
  static func css(series: Int, rules: Int, scopes: Int) -> String {
    // Without a script no class is set and everything is visible.
    let others = (0..<scopes).flatMap { shown in
      (0..<scopes).filter { $0 != shown }.map { ".v\(shown) .scope\($0)" }
    }
    return """
      \(sheet)
      \(ChartStyle.css(ink: "var(--ink)", paper: "var(--paper)"))
      \(SeriesStyle.css(count: series, ink: "var(--ink)"))
      \(SeriesStyle.css(count: rules, ink: "var(--ink)", .rules))
      \((0..<series).map { ".off\($0) .chart .s\($0)" }.joined(separator: ",")){display:none}
      \(others.isEmpty ? "" : "\(others.joined(separator: ",")){display:none}")
      """
  }

  /// `report.css`.
  private static let sheet = String(decoding: PackageResources.report_css, as: UTF8.self)
}
