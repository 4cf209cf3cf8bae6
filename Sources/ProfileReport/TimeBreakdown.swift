import Foundation
public import LlamaCore

/// Breakdown of a run's time in thread-seconds: two threads spend two thread-seconds per second.
public struct TimeBreakdown: Sendable {
  /// Time to open the model and hash its header, before anything is tokenized.
  public var opening = 0.0
  /// Time to read and tokenize the corpus.
  public var tokenizing = 0.0
  /// Time to write rows and files.
  public var writing = 0.0
  /// Timing of the run through the blocks; its observer's time includes the writing of rows.
  public var run: RunTiming?
  /// Wall-clock seconds from start to end.
  public var wall = 0.0

  public init() {}

  /// Name and thread-seconds of every part, in the order they are printed; they sum to `wall` times the number of
  /// threads.
  public var parts: [(name: String, seconds: Double)] {
    var parts = [("open", opening), ("tokenize", tokenizing)]
    if let run {
      parts += [
        ("page-in", run[.pageIn]), ("widen", run[.widen]), ("matmul", run[.matmul]), ("attention", run[.attention]),
        ("vector loops", run[.vectorLoops]), ("logits", run[.logits]), ("metrics", max(0, run[.observer] - writing)),
      ]
    }
    parts.append(("write", writing))
    let booked = parts.reduce(0) { $0 + $1.1 }
    return parts + [("idle", max(0, wall * Double(run?.threads ?? 1) - booked))]
  }

  /// Table of part, thread-seconds and share.
  public var text: String {
    let total = parts.reduce(0) { $0 + $1.seconds }
    var table = TextTable(header: ["time", "thread-seconds", "share"], names: 1)
    for part in parts {
      let share = total > 0 ? 100 * part.seconds / total : 0
      table.add([part.name, String(format: "%.3f", part.seconds), String(format: "%.1f %%", share)])
    }
    return table.text
  }
}
