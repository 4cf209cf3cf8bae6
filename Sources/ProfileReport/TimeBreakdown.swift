import Foundation
public import LlamaCore

/// What a run's time went into, in thread-seconds: two threads spend two of them a second.
public struct TimeBreakdown: Sendable {
  /// Opening the model and hashing its header, before anything is tokenized.
  public var opening = 0.0
  /// Reading the corpus and tokenizing.
  public var tokenizing = 0.0
  /// Writing rows and files.
  public var writing = 0.0
  /// The run through the blocks; its observer's time includes the writing of rows.
  public var run: RunTiming?
  /// Seconds from start to end.
  public var wall = 0.0

  public init() {}

  /// Name and thread-seconds of every part, in the order they are printed; together `wall` times the threads.
  public var parts: [(name: String, seconds: Double)] {
    var parts = [("open", opening), ("tokenize", tokenizing)]
    if let run {
      parts += [
        ("page-in", run[.pageIn]), ("widen", run[.widen]), ("matmul", run[.matmul]), ("attention", run[.attention]),
        ("vector loops", run[.vectorLoops]), ("metrics", max(0, run[.observer] - writing)),
      ]
    }
    parts.append(("write", writing))
    let booked = parts.reduce(0) { $0 + $1.1 }
    return parts + [("idle", max(0, wall * Double(run?.threads ?? 1) - booked))]
  }

  /// A table: part, thread-seconds, share.
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
