import Foundation

/// Standard error, for progress and messages. A failed write is ignored.
enum Terminal {
  /// True if standard error is a terminal that can redraw a line.
  static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Current number of columns of the terminal.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func write(_ text: String) { _ = StandardStreams.write(text, to: STDERR_FILENO) }
}
