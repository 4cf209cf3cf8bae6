import Foundations

extension TokenizerFile {
  mutating func parse(_ bytes: Span<UInt8>) throws {
    var reader = JSONReader(bytes)
    var seen: Set<ByteString> = []
    var sectionBytes = 0
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let name = ByteString(key)
      if !seen.insert(name).inserted { throw reader.duplicate(key) }
      if seen.count > Self.memberLimit { throw reader.error("more than \(Self.memberLimit) members") }
      if name == "model" {
        try parseModel(&reader)
      } else if !Self.sectionNames.contains(name) {
        try reader.skipValue()
      } else {
        _ = try reader.peek()
        let start = reader.offset
        var section = reader
        try reader.skipValue()
        sectionBytes += reader.offset - start
        guard sectionBytes <= Self.sectionLimit else {
          throw invalid(key, "at most \(Self.sectionLimit) bytes beside the model", "more")
        }
        let value = try section.value()
        if !value.isNull { sections[key] = value }
      }
    }
    try reader.end()
    guard seen.contains("model") else { throw invalid("model", "an object", "nothing") }
  }

  private mutating func parseModel(_ reader: inout JSONReader) throws {
    var kinds: [ByteString: JSONReader.Kind] = [:]
    try reader.beginObject()
    while let key = try reader.nextKey() {
      let kind = try reader.peek()
      if kinds.updateValue(kind, forKey: ByteString(key)) != nil { throw reader.duplicate(key) }
      if kinds.count > Self.memberLimit { throw reader.error("more than \(Self.memberLimit) members") }
      switch (ByteString(key), kind) {
      case ("vocab", .object): try parseVocabulary(&reader)
      case ("merges", .array): try parseMerges(&reader)
      case (_, .object), (_, .array):
        // No other member is a list or an object; its reader refuses it by kind.
        try reader.skipValue()
        model[key] = kind == .object ? .object([:]) : .array([])
      default:
        let value = try reader.value()
        if kind != .null { model[key] = value }
      }
    }
    // Other model types write these differently; they are refused by type when the file is interpreted.
    guard model["type"]?.string ?? "BPE" == "BPE" else { return }
    let expected: [(key: ByteString, kind: JSONReader.Kind)] = [("vocab", .object), ("merges", .array)]
    for (key, kind) in expected where kinds[key] != kind {
      throw invalid("model.\(key)", kind.rawValue, kinds[key]?.rawValue ?? "nothing")
    }
  }

  private mutating func parseVocabulary(_ reader: inout JSONReader) throws {
    var token: [UInt8] = []
    try reader.beginObject()
    while try reader.appendNextKey(to: &token) {
      let id = try reader.integer()
      guard (0..<Self.idLimit).contains(id) else {
        throw invalid("model.vocab", "ids from 0 to \(Self.idLimit - 1)", "\(id) for \(quoted(token))")
      }
      guard token.count <= Self.tokenLimit else {
        throw invalid("model.vocab", "tokens of at most \(Self.tokenLimit) bytes", quoted(token))
      }
      guard vocabulary.insert(token.span, id: TokenID(id)) else {
        throw invalid("model.vocab", "every token once", "\(quoted(token)) twice")
      }
      token.removeAll(keepingCapacity: true)
    }
  }

  private mutating func parseMerges(_ reader: inout JSONReader) throws {
    var text: [UInt8] = []
    var index = 0
    try reader.beginArray()
    while try reader.nextElement() {
      guard index < Self.idLimit else { throw invalid("model.merges", "at most \(Self.idLimit) merges", "more") }
      text.removeAll(keepingCapacity: true)
      if try reader.peek() == .array {
        var ends: [Int] = []
        try reader.beginArray()
        while try ends.count <= 2 && reader.nextElement() {
          try reader.appendString(to: &text)
          ends.append(text.count)
        }
        guard ends.count == 2 else {
          throw invalid("model.merges[\(index)]", "two tokens", ends.count > 2 ? "more" : "\(ends.count)")
        }
        merges.append(text.span, split: ends[0], rightStart: ends[0])
      } else {
        try reader.appendString(to: &text)
        // Old files contain the header line of the merges.txt they were made from.
        if !text.starts(with: "#version".utf8) {
          let spaces = text.indices.filter { text[$0] == UInt8(ascii: " ") }
          guard spaces.count == 1 else {
            throw invalid("model.merges[\(index)]", "two tokens with one space between", quoted(text))
          }
          merges.append(text.span, split: spaces[0], rightStart: spaces[0] + 1)
        }
      }
      index += 1
    }
  }

  private func quoted(_ bytes: [UInt8]) -> String { String(utf8: bytes.span).quoted }
}
