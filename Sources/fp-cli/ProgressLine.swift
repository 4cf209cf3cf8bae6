import Foundation

/// Progress on standard error: a self-updating line on a terminal, an occasional plain line elsewhere.
final class ProgressLine {
  let isQuiet: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var shown: ContinuousClock.Instant?
  private var isDrawn = false

  init(quiet: Bool) {
    isQuiet = quiet
    start = clock.now
  }

  /// Seconds since the line was created.
  var elapsed: Double {
    let parts = (clock.now - start).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// Shows the progress, at most ten times per second on a terminal, every ten seconds elsewhere.
  /// - Parameters:
  ///   - fraction: completed fraction, from 0 to 1.
  ///   - detail: text to show with it, such as `12 of 448 texts`.
  func show(_ fraction: Double, _ detail: @autoclosure () -> String) {
    guard !isQuiet else { return }
    let now = clock.now
    let pause: Duration = Terminal.isInteractive ? .milliseconds(100) : .seconds(10)
    if let shown, now - shown < pause { return }
    // The first plain line is delayed too, so that a short run prints none.
    if shown == nil, !Terminal.isInteractive, now - start < pause { return }
    shown = now
    let left = fraction > 0.01 ? ", \(duration(elapsed / fraction * (1 - fraction), isEstimate: true)) left" : ""
    let text = "\(decimals(100 * fraction, 0)) %  \(detail())\(left)"
    if Terminal.isInteractive {
      Terminal.write("\r\u{1B}[K\(line(fraction, text, width: Terminal.width))")
      isDrawn = true
    } else {
      Terminal.write(text + "\n")
    }
  }

  /// Returns a bar and the text, with the bar in the remaining room: a line that wraps cannot be redrawn.
  private func line(_ fraction: Double, _ text: String, width: Int) -> String {
    let room = min(24, width - text.count - 2)
    guard room >= 8 else { return String(text.prefix(max(0, width - 1))) }
    let filled = Int(Double(room) * max(0, min(1, fraction)))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled) + " " + text
  }

  /// Removes the line from a terminal.
  func clear() {
    if isDrawn { Terminal.write("\r\u{1B}[K") }
    isDrawn = false
  }

  /// Prints a message that stays.
  func note(_ text: String) {
    clear()
    if !isQuiet { Terminal.write(text + "\n") }
  }
}
