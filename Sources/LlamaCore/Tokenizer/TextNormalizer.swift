import Foundations

/// Normalization of a text before it is split: steps from UTF-8 to UTF-8, in order.
struct TextNormalizer: Sendable {
  enum Step: Equatable, Sendable {
    /// Prepends these bytes to every non-empty text.
    case prepend([UInt8])
    /// Replaces every `pattern`, which is not empty, by `content`, from left to right.
    case replace(pattern: [UInt8], content: [UInt8])
    case lowercase
    case strip(left: Bool, right: Bool)
  }

  var steps: [Step] = []

  /// Normalizes `text`. `originBytes` is the number of its leading bytes that come from the first scalar of the user's
  /// text, and becomes that of the result; a `Metaspace` that prepends only to the first piece uses it.
  func apply(to text: inout [UInt8], originBytes: inout Int) {
    var certainBytes = text.count
    apply(to: &text, originBytes: &originBytes, certainBytes: &certainBytes)
  }

  /// Normalizes the beginning of a text. `certainBytes`, initially all of it, becomes the number of leading bytes of
  /// the result that do not depend on the continuation.
  func apply(to text: inout [UInt8], originBytes: inout Int, certainBytes: inout Int) {
    for step in steps {
      switch step {
      case .prepend(let prefix):
        if text.isEmpty { continue }
        text.insert(contentsOf: prefix, at: 0)
        if originBytes > 0 { originBytes += prefix.count }
        // If nothing is certain, all of it may still be replaced by nothing.
        if certainBytes > 0 { certainBytes += prefix.count }
      case .replace(let pattern, let content):
        text = Self.replacing(pattern, by: content, in: text.span, &originBytes, &certainBytes)
      case .lowercase: text = Self.lowercase(text.span, &originBytes, &certainBytes)
      case .strip(let left, let right):
        let certain = text.span.scalarStart(atOrBefore: certainBytes)
        let kept = Self.stripped(text.span, left: left, right: right)
        certainBytes = Self.stripped(text.span.extracting(0..<certain), left: false, right: right).upperBound
        certainBytes = max(certainBytes - kept.lowerBound, 0)
        text.removeSubrange(kept.upperBound...)
        text.removeSubrange(..<kept.lowerBound)
        originBytes = max(originBytes - kept.lowerBound, 0)
      }
    }
  }

  private static func replacing(
    _ pattern: [UInt8], by content: [UInt8], in input: Span<UInt8>, _ originBytes: inout Int,
    _ certainBytes: inout Int
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(input.count + input.count / 2)
    var origin = 0
    var certain = 0
    var index = 0
    while index < input.count {
      let isCertain = index + pattern.count <= certainBytes
      if input[index] == pattern[0], matches(pattern, in: input, at: index) {
        output.append(contentsOf: content)
        index += pattern.count
      } else {
        output.append(input[index])
        index += 1
      }
      if index <= originBytes { origin = output.count }
      if isCertain { certain = output.count }
    }
    originBytes = origin
    certainBytes = certain
    return output
  }

  private static func matches(_ pattern: [UInt8], in text: Span<UInt8>, at start: Int) -> Bool {
    guard text.count - start >= pattern.count else { return false }
    for offset in 1..<max(pattern.count, 1) where text[start + offset] != pattern[offset] { return false }
    return true
  }

  private static func lowercase(
    _ input: Span<UInt8>, _ originBytes: inout Int, _ certainBytes: inout Int
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(input.count)
    var origin = 0
    var certain = 0
    var index = 0
    while index < input.count {
      let scalar = input.scalar(at: index)
      index += scalar.length
      if scalar.value < 0x80 {
        output.append(0x41...0x5A ~= scalar.value ? UInt8(scalar.value | 0x20) : UInt8(scalar.value))
      } else if let scalar = Unicode.Scalar(UInt32(scalar.value)) {
        output.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      }
      if index <= originBytes { origin = output.count }
      if index <= certainBytes { certain = output.count }
    }
    originBytes = origin
    certainBytes = certain
    return output
  }

  /// Returns the range without the white space at the ends.
  private static func stripped(_ input: Span<UInt8>, left: Bool, right: Bool) -> Range<Int> {
    let flags = ScalarClasses.flags
    var start = 0
    while left, start < input.count {
      let scalar = input.scalar(at: start)
      if flags[scalar.value] & ScalarClasses.space == 0 { break }
      start += scalar.length
    }
    var end = input.count
    while right, end > start {
      let scalar = input.scalar(before: end)
      if flags[scalar.value] & ScalarClasses.space == 0 { break }
      end -= scalar.length
    }
    return start..<end
  }
}

extension TextNormalizer {
  /// Maximum factor by which all replacements together may lengthen a text, to protect memory.
  static let growthLimit = 64
  /// Maximum number of steps; more would only take time.
  static let stepLimit = 32
  /// Maximum length of a pattern or prefix, so that time and memory stay linear.
  private static let patternLimit = 64

  /// Reads the `normalizer` of a file.
  init(_ setting: TokenizerSetting) throws(TokenizerError) {
    var growth = 1
    try append(setting, growth: &growth)
    guard steps.count <= Self.stepLimit else { throw setting.invalid("at most \(Self.stepLimit) steps") }
  }

  private mutating func append(_ setting: TokenizerSetting, growth: inout Int) throws(TokenizerError) {
    switch try setting.type() {
    case "Sequence":
      for element in try setting.member("normalizers").elements() { try append(element, growth: &growth) }
    case "Prepend": steps.append(.prepend(Array(try Self.text(setting.member("prepend")).utf8)))
    case "Replace":
      let pattern = try setting.member("pattern")
      guard let string = pattern["String"] else { throw try pattern.unsupported(" (only a String pattern)") }
      let bytes = Array(try Self.text(string).utf8)
      if bytes.isEmpty { throw string.invalid("a text that is not empty") }
      let content = try setting.member("content")
      let contentBytes = Array(try content.string().utf8)
      try Self.grow(&growth, bytes, contentBytes, content)
      steps.append(.replace(pattern: bytes, content: contentBytes))
    case "Lowercase": steps.append(.lowercase)
    case "Strip":
      steps.append(
        .strip(left: try setting.member("strip_left").boolean(), right: try setting.member("strip_right").boolean()))
    default: throw try setting.member("type").unsupported()
    }
  }

  /// Multiplies `growth` by the factor by which a replacement may lengthen a text, and throws above the limit.
  static func grow(
    _ growth: inout Int, _ pattern: [UInt8], _ replacement: [UInt8], _ setting: TokenizerSetting
  ) throws(TokenizerError) {
    growth *= max(1, (replacement.count + pattern.count - 1) / pattern.count)
    guard growth <= growthLimit else {
      throw .unsupported(
        file: setting.file, key: setting.path, setting: "lengthening a text more than \(growthLimit)-fold")
    }
  }

  private static func text(_ setting: TokenizerSetting) throws(TokenizerError) -> String {
    let text = try setting.string()
    guard text.utf8.count <= patternLimit else { throw setting.invalid("at most \(patternLimit) bytes") }
    return text
  }
}
