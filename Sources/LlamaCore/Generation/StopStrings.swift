/// Finds the first of several strings in a text that arrives in pieces, and holds back possible beginnings of one.
package struct StopStrings: Sendable {
  /// A string to search for, with the algorithm of Knuth, Morris & Pratt (1977).
  private struct Pattern: Sendable {
    let bytes: [UInt8]
    /// For each prefix the length of its longest proper border.
    let borders: [Int]
    /// Length of the pattern's longest prefix that the text ends with.
    var matched = 0

    init(_ text: String) {
      bytes = Array(text.utf8)
      var borders = [0]
      var length = 0
      for byte in bytes.dropFirst() {
        while length > 0, bytes[length] != byte { length = borders[length - 1] }
        if bytes[length] == byte { length += 1 }
        borders.append(length)
      }
      self.borders = borders
    }

    /// Appends a byte; returns true if the text then ends with the pattern.
    mutating func append(_ byte: UInt8) -> Bool {
      while matched > 0, bytes[matched] != byte { matched = borders[matched - 1] }
      if bytes[matched] == byte { matched += 1 }
      return matched == bytes.count
    }
  }

  private var patterns: [Pattern]
  private var held: [UInt8] = []
  /// True once one of the strings was found; the text before it has then been returned, and the rest is discarded.
  package private(set) var isFound = false

  /// - Parameter texts: strings to search for; empty ones are ignored.
  package init(_ texts: [String]) { patterns = texts.filter { !$0.isEmpty }.map(Pattern.init) }

  /// Appends more of the text; returns the part that can be shown.
  ///
  /// The first string to be completed is found; of those completed by the same byte, the longest.
  package mutating func append(_ text: String) -> String {
    if patterns.isEmpty { return text }
    if isFound { return "" }
    for byte in text.utf8 {
      held.append(byte)
      var length = 0
      for index in patterns.indices where patterns[index].append(byte) {
        length = max(length, patterns[index].bytes.count)
      }
      if length > 0 {
        isFound = true
        return release(held.count - length)
      }
    }
    return release(held.count - (patterns.map(\.matched).max() ?? 0))
  }

  /// Returns the text held back, at the end of the input.
  package mutating func finish() -> String { isFound ? "" : release(held.count) }

  private mutating func release(_ count: Int) -> String {
    // The bytes held back begin one of the strings, so they never begin inside a scalar.
    defer { held.removeFirst(count) }
    return String(decoding: held.prefix(count), as: UTF8.self)
  }
}
