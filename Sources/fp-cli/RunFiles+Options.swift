import Foundation
import LlamaCore
import ProfileReport
import Profiler

extension RunFiles {
  /// Files of a run, as the options of a command say.
  ///
  /// - Parameter progress: line that shows the progress of the comparison; nil if it is set later.
  init(
    of run: URL, in directory: URL? = nil, _ machine: MachineOptions, _ report: ReportOption? = nil,
    progress: ProgressLine? = nil
  ) {
    self.init(of: run, in: directory)
    hasReport = report.map { !$0.noReport } ?? true
    settings.threads = machine.threads
    memoryLimit = machine.memoryLimit?.bytes
    if let progress { self.progress = progress.showComparing }
  }
}

extension RunFiles.Report {
  /// Message about the page.
  var note: String { "report in \(page.relativePath), \(size(bytes))" }
}

extension ProgressLine {
  /// Shows the progress of a comparison of domains.
  func showComparing(_ fraction: Double) { show(fraction, "comparing domains") }
}
