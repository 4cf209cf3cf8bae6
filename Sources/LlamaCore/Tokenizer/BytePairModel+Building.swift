import Foundations

extension BytePairModel {
  /// Validates the model of a file and builds its tables.
  init(_ file: borrowing TokenizerFile, isByteLevel: Bool) throws(TokenizerError) {
    let settings = TokenizerSetting(file: file.name, path: "model", value: .object(file.model))
    try Self.checkSupported(settings)
    self.isByteLevel = isByteLevel
    vocabulary = file.vocabulary
    ignoresMerges = try settings["ignore_merges"]?.boolean() ?? false
    entries = try Self.entries(of: vocabulary, in: file)
    let pieces = isByteLevel ? Self.byteSpellings(of: vocabulary) : vocabulary
    self.pieces = pieces
    longestPiece = (0..<pieces.count).reduce(0) { max($0, pieces.bytes(at: $1).count) }
    let symbols = try SymbolTable(settings, vocabulary: vocabulary, pieces: pieces, isByteLevel: isByteLevel)
    self.symbols = symbols

    var merges = IntegerHashMap(capacity: file.merges.count)
    let standIns = symbols.standIns
    var mergesStandIns = false
    for index in 0..<file.merges.count {
      let (left, right, result) = try Self.tokens(ofMerge: index, in: file)
      merges.set(
        UInt64(truncatingIfNeeded: index) << 32 | UInt64(truncatingIfNeeded: result),
        for: UInt64(truncatingIfNeeded: left) << 32 | UInt64(truncatingIfNeeded: right))
      if !isByteLevel, standIns.contains(left) || standIns.contains(right) { mergesStandIns = true }
    }
    self.merges = merges
    // Scalars without a symbol would make their neighbours adjacent across a boundary.
    let leavesGaps = !symbols.coversEverything && symbols.unknown == nil
    boundaries =
      isByteLevel || mergesStandIns || leavesGaps
      ? MergeBoundaries() : MergeBoundaries(merges: file.merges, symbols: symbols)
    if !(isByteLevel && ignoresMerges) { isWhole = wholePieces() }
  }

  private static func checkSupported(_ settings: TokenizerSetting) throws(TokenizerError) {
    if let type = settings["type"], try type.string() != "BPE" { throw try type.unsupported() }
    if let dropout = settings["dropout"], dropout.value.double != 0 {
      throw .unsupported(file: dropout.file, key: dropout.path, setting: "dropout (random tokens)")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = settings[key], try !affix.string().isEmpty { throw try affix.unsupported() }
    }
  }

  /// Returns the entry of each id.
  private static func entries(
    of vocabulary: TokenTable, in file: borrowing TokenizerFile
  ) throws(TokenizerError) -> [Int32] {
    var entries = [Int32](repeating: -1, count: Int(vocabulary.ids.max() ?? -1) + 1)
    for (index, id) in vocabulary.ids.enumerated() {
      let other = Int(entries[Int(id)])
      guard other < 0 else {
        let texts = [other, index].map { vocabulary.text(at: $0).quoted }
        throw file.invalid("model.vocab", "one token for each id", "\(id) for \(texts[0]) and \(texts[1])")
      }
      entries[Int(id)] = Int32(truncatingIfNeeded: index)
    }
    return entries
  }

  /// Returns the tokens that spell bytes, keyed by those bytes.
  private static func byteSpellings(of vocabulary: TokenTable) -> TokenTable {
    var table = TokenTable()
    table.reserve(vocabulary.count)
    var bytes: [UInt8] = []
    for index in 0..<vocabulary.count {
      bytes.removeAll(keepingCapacity: true)
      if ByteAlphabet.appendBytes(of: vocabulary.bytes(at: index), to: &bytes) {
        // Each byte has one spelling, so the insertion always succeeds.
        _ = table.insert(bytes.span, id: vocabulary.ids[index])
      }
    }
    return table
  }

  private static func tokens(
    ofMerge index: Int, in file: borrowing TokenizerFile
  ) throws(TokenizerError) -> (left: TokenID, right: TokenID, result: TokenID) {
    let (left, right) = file.merges.texts(at: index)
    let bytes = file.merges.bytes
    func token(_ range: Range<Int>) throws(TokenizerError) -> TokenID {
      if !range.isEmpty, let entry = file.vocabulary.index(of: bytes, in: range) { return file.vocabulary.ids[entry] }
      throw file.invalid(
        "model.merges[\(index)]", "tokens of the vocabulary",
        String(utf8: bytes.extracting(range)).quoted)
    }
    return (try token(left), try token(right), try token(left.lowerBound..<right.upperBound))
  }

  /// Maximum number of bytes of tokens that are merged when a file is loaded: several times that of any known
  /// vocabulary.
  private static let wholeLimit = 4 << 20

  /// Returns, for each piece that is a token, whether merging it gives exactly that token. False if it was not tried,
  /// which is slower and changes no id.
  private func wholePieces() -> [Bool] {
    var workspace = MergeWorkspace()
    var tried = 0
    return (0..<pieces.count).map { entry in
      let bytes = pieces.bytes(at: entry)
      tried += bytes.count
      if tried > Self.wholeLimit { return false }
      merge(bytes, in: 0..<bytes.count, using: &workspace)
      return workspace.ids.count == 1 && workspace.ids[0] == pieces.ids[entry]
    }
  }
}

extension SymbolTable {
  /// Finds the symbols of a model in its vocabulary.
  init(
    _ settings: TokenizerSetting, vocabulary: TokenTable, pieces: TokenTable, isByteLevel: Bool
  ) throws(TokenizerError) {
    if isByteLevel {
      bytes = (0...255).map { (byte: UInt8) in pieces.id(of: [byte].span) ?? -1 }
    } else {
      scalars = Array(repeating: -1, count: Self.directLimit)
      for entry in 0..<pieces.count {
        let bytes = pieces.bytes(at: entry)
        guard (1...4).contains(bytes.count) else { continue }
        let scalar = bytes.scalar(at: 0)
        if scalar.length == bytes.count, scalar.value < scalars.count { scalars[scalar.value] = pieces.ids[entry] }
      }
    }
    if try settings["byte_fallback"]?.boolean() ?? false {
      fallback = (0...255).map { (byte: UInt8) in
        let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        return vocabulary.id(of: Array("<0x\(digits)>".utf8).span) ?? -1
      }
    }
    fusesUnknown = try settings["fuse_unk"]?.boolean() ?? false
    if let name = settings["unk_token"] {
      unknown = vocabulary.id(of: Array(try name.string().utf8).span)
      if unknown == nil, !coversEverything { throw name.invalid("a token of the vocabulary") }
    }
  }

  /// Tokens that can be symbols of text they do not spell: byte tokens and the unknown token.
  var standIns: Set<TokenID> { Set(fallback + (unknown.map { [$0] } ?? [])) }
}
