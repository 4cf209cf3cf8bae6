/// Script of the page: the legend, the choice of scope and metric, and the numbers under the pointer or the keyboard
/// cursor. The page is readable without it.
enum PageScript {
  /// `report.js`.
  static let source = String(decoding: PackageResources.report_js, as: UTF8.self)
}
