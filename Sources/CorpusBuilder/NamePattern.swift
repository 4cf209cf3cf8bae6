/// Pattern for one component of a path, with the syntax of shells: `*` any characters, `?` one, `[a-z]` one of a set,
/// `[!a-z]` one outside it, `\` the next character literally. A `[` without its `]` is a plain character.
package struct NamePattern: Equatable, Sendable {
  private enum Part: Equatable, Sendable {
    case scalar(Unicode.Scalar)
    case one
    case many
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  private var parts: [Part] = []
  /// True if the pattern itself begins with a dot: only then does it match hidden names.
  private let isHidden: Bool

  package init(_ text: some StringProtocol) {
    let scalars = Array(text.unicodeScalars)
    isHidden = scalars.first == "."
    // Position of the last `]`, so that a pattern of many `[` is not searched to its end for each of them.
    let lastBracket = scalars.lastIndex(of: "]") ?? -1
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      switch scalar {
      case "*": if parts.last != .many { parts.append(.many) }
      case "?": parts.append(.one)
      case "[" where index < lastBracket: parts.append(Self.set(in: scalars, at: &index) ?? .scalar("["))
      case "\\" where index < scalars.count:
        parts.append(.scalar(scalars[index]))
        index += 1
      default: parts.append(.scalar(scalar))
      }
    }
  }

  /// Parses a set after its `[`; returns nil and leaves `index` unchanged if there is none.
  private static func set(in scalars: [Unicode.Scalar], at index: inout Int) -> Part? {
    var position = index
    let isNegated = scalars[position] == "!" || scalars[position] == "^"
    if isNegated { position += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let first = position
    while position < scalars.count {
      let low = scalars[position]
      // A `]` in first position is a member of the set.
      if low == "]", position > first {
        index = position + 1
        return .set(ranges, isNegated: isNegated)
      }
      if position + 2 < scalars.count, scalars[position + 1] == "-", scalars[position + 2] != "]" {
        let high = scalars[position + 2]
        if low <= high { ranges.append(low...high) }
        position += 3
      } else {
        ranges.append(low...low)
        position += 1
      }
    }
    return nil
  }

  /// True if a text may match names other than itself.
  static func isPattern(_ text: some StringProtocol) -> Bool {
    text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
  }

  /// Tries the shortest match for each `*` and lengthens only the last one, so the time is at most the product of the
  /// lengths.
  package func matches(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    if scalars.first == ".", !isHidden { return false }
    var part = 0
    var position = 0
    var retry: (part: Int, position: Int)?
    while position < scalars.count {
      if part < parts.count, parts[part] == .many {
        retry = (part, position)
        part += 1
      } else if part < parts.count, accepts(parts[part], scalars[position]) {
        part += 1
        position += 1
      } else if let last = retry {
        retry = (last.part, last.position + 1)
        part = last.part + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .many }
  }

  private func accepts(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .scalar(let expected): expected == scalar
    case .one, .many: true
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }
}
