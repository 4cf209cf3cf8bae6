import Foundations
import Profiler

/// Result of a field path in a record.
struct FieldTexts {
  private(set) var texts: [String] = []
  /// For each text the place of the element that the outermost `*` took; 0 without one.
  private(set) var elements: [Int] = []
  /// True if integers count as texts, as in the name of a group.
  var acceptsIntegers = false
  private var depth = 0, element = 0
  /// Number of places on the path that hold no text.
  private(set) var problems = 0
  /// First of the problems.
  private(set) var firstProblem: (offset: Int, reason: String)?

  mutating func add(_ text: String) {
    texts.append(text)
    elements.append(element)
  }

  /// Begins the elements of a `*`; ``endEvery()`` ends them.
  mutating func beginEvery() { depth += 1 }
  mutating func nextElement() { if depth == 1 { element += 1 } }
  mutating func endEvery() { depth -= 1 }

  mutating func addProblem(at offset: Int, _ reason: @autoclosure () -> String) {
    if problems == 0 { firstProblem = (offset, reason()) }
    problems += 1
  }
}

extension JSONReader {
  /// Reads the next value and collects the texts at the end of a path, in the order of the file.
  ///
  /// A path without a result is recorded, not thrown, so that the reader is always positioned after the value.
  mutating func collect(
    _ path: ArraySlice<FieldPath.Step>, into found: inout FieldTexts
  ) throws(JSONError) {
    let kind = try peek()
    let start = offset
    guard let step = path.first else {
      switch kind {
      case .string: found.add(try string())
      case .number where found.acceptsIntegers:
        let number = try number()
        guard let integer = number.integer else {
          return found.addProblem(at: start, "expected a string or an integer, found \(number.found)")
        }
        found.add("\(integer)")
      case .object:
        let keys = try keys()
        found.addProblem(
          at: start, "expected a string, found an object with \(keys.isEmpty ? "no field" : keys.quotedList)")
      default:
        try skipValue()
        found.addProblem(at: start, "expected a string, found \(kind.rawValue)")
      }
      return
    }
    switch (kind, step) {
    case (.object, _): try collect(step, path.dropFirst(), fromObjectAt: start, into: &found)
    case (.array, .every):
      found.beginEvery()
      try beginArray()
      while try nextElement() {
        found.nextElement()
        try collect(path.dropFirst(), into: &found)
      }
      found.endEvery()
    case (.array, .key(let name)):
      let index = Int(name.text)
      var count = 0
      try beginArray()
      while try nextElement() {
        if count == index { try collect(path.dropFirst(), into: &found) } else { try skipValue() }
        count += 1
      }
      if let index, index >= 0 {
        if index >= count { found.addProblem(at: start, "no element \(index) in a list of \(count)") }
      } else {
        found.addProblem(at: start, "expected an object with \(name.text.quoted), found an array")
      }
    case (_, .every):
      try skipValue()
      found.addProblem(at: start, "expected an array or an object, found \(kind.rawValue)")
    case (_, .key(let name)):
      try skipValue()
      found.addProblem(at: start, "expected an object with \(name.text.quoted), found \(kind.rawValue)")
    }
  }

  private mutating func collect(
    _ step: FieldPath.Step, _ rest: ArraySlice<FieldPath.Step>, fromObjectAt start: Int, into found: inout FieldTexts
  ) throws(JSONError) {
    var others: [String] = []
    var isFound = false
    if step == .every { found.beginEvery() }
    try beginObject()
    while let key = try nextKey() {
      guard step == .every || step == .key(ByteString(key)) else {
        if others.count <= 12 { others.append(key) }
        try skipValue()
        continue
      }
      if isFound, step != .every { throw duplicate(key) }
      isFound = true
      if step == .every { found.nextElement() }
      try collect(rest, into: &found)
    }
    if step == .every { found.endEvery() }
    if case .key(let name) = step, !isFound {
      found.addProblem(
        at: start, "no field \(name.text.quoted), its fields are \(others.isEmpty ? "none" : others.quotedList)")
    }
  }

  /// Reads an object and returns the names of its first fields.
  private mutating func keys() throws(JSONError) -> [String] {
    var keys: [String] = []
    try beginObject()
    while let key = try nextKey() {
      if keys.count <= 12 { keys.append(key) }
      try skipValue()
    }
    return keys
  }
}
