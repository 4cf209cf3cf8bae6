/// Finds the first of several texts in a text that comes in pieces, and holds back what could be the beginning of one.
package struct StopStrings: Sendable {
  /// A text that is looked for, as Knuth, Morris & Pratt (1977) do.
  private struct Pattern: Sendable {
    let bytes: [UInt8]
    /// For each prefix the length of the longest shorter one that it ends with.
    let borders: [Int]
    /// Bytes that the text ends with and the pattern begins with.
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

    /// True where the text ends with the pattern.
    mutating func append(_ byte: UInt8) -> Bool {
      while matched > 0, bytes[matched] != byte { matched = borders[matched - 1] }
      if bytes[matched] == byte { matched += 1 }
      return matched == bytes.count
    }
  }

  private var patterns: [Pattern]
  private var held: [UInt8] = []
  /// True once one of the texts has come; what came before it has then been returned, and the rest is not wanted.
  package private(set) var isFound = false

  /// - Parameter texts: empty ones are passed over.
  package init(_ texts: [String]) { patterns = texts.filter { !$0.isEmpty }.map(Pattern.init) }

  /// Takes more of the text in; returns what can be shown.
  ///
  /// Of several texts the one that is complete first is found, of those complete at once the longest.
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

  /// What was held back, when nothing more comes.
  package mutating func finish() -> String { isFound ? "" : release(held.count) }

  private mutating func release(_ count: Int) -> String {
    // What is held begins as one of the texts does: never inside a scalar.
    defer { held.removeFirst(count) }
    return String(decoding: held.prefix(count), as: UTF8.self)
  }
}
