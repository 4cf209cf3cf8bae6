import Foundations
import Profiler

/// Builder of a corpus from source files, text, JSON Lines, JSON and CSV.
///
/// ```swift
/// let sources = try ["cpp=src/**/*.cpp", "finance=headlines.csv:title"].map(CorpusSource.init(parsing:))
/// let build = try CorpusBuilder(sources: sources, options: .init(sample: 64, seed: 1)).build()
/// try build.corpus.write(to: output)
/// ```
///
/// The same files, options and seed give the same corpus everywhere: files are read in the order of their paths' bytes,
/// sources in the order given, and domains are in the order of their first source. Texts are never changed.
public struct CorpusBuilder: Sendable {
  /// Selection of the texts of each domain, applied in this order: length, duplicates, sample.
  public struct Options: Sendable, Equatable {
    /// Number of texts to draw from each domain, uniformly and without replacement, in the order of the source. `nil`
    /// keeps all.
    public var sample: Int?
    /// Seed of the draw.
    public var seed: UInt64
    /// Minimum and maximum length of a text to keep, in Unicode scalars (as counted by Python's `len`).
    public var minimumCharacters: Int
    public var maximumCharacters: Int?
    /// True to keep only one copy of texts that are equal byte for byte within a domain.
    public var removesDuplicates: Bool
    /// Splitting of text files whose source does not specify it.
    public var split: TextSplit
    /// True to count, instead of failing at, files that are not UTF-8 and records without text under the requested
    /// field.
    public var skipsInvalid: Bool
    /// Field of JSON records, or column of CSV rows, that names the group of each text, such as a document or a task:
    /// a string or an integer. `nil` for the document as group of the texts that are cut from one. Text files have no
    /// fields.
    public var groupField: String?

    public init(
      sample: Int? = nil, seed: UInt64 = 0, minimumCharacters: Int = 1, maximumCharacters: Int? = nil,
      removesDuplicates: Bool = true, split: TextSplit = .whole, skipsInvalid: Bool = false,
      groupField: String? = nil
    ) {
      self.sample = sample
      self.seed = seed
      self.minimumCharacters = minimumCharacters
      self.maximumCharacters = maximumCharacters
      self.removesDuplicates = removesDuplicates
      self.split = split
      self.skipsInvalid = skipsInvalid
      self.groupField = groupField
    }
  }

  public let sources: [CorpusSource]
  public let options: Options
  /// Cuts documents into windows of tokens, which become the texts; nil for the texts of the sources.
  public let windows: TokenWindows?

  /// - Parameters:
  ///   - sources: the sources, of which several may contribute to a domain.
  ///   - options: selection of texts.
  ///   - windows: cuts the texts of the sources into windows of tokens, whose group is the text; nil to keep them whole.
  public init(sources: [CorpusSource], options: Options = Options(), windows: TokenWindows? = nil) {
    self.sources = sources
    self.options = options
    self.windows = windows
  }

  /// Reads all sources.
  ///
  /// - Throws: `CorpusBuildError` for the first error: nothing is left out silently.
  public func build() throws(CorpusBuildError) -> CorpusBuild {
    try checkOptions()
    var selections: [TextSelection] = []
    var domains: [String] = []
    var numbers: [ByteString: Int] = [:]
    for source in sources {
      let number = numbers[ByteString(source.domain)] ?? domains.count
      if number == domains.count {
        numbers[ByteString(source.domain)] = number
        domains.append(source.domain)
        selections.append(TextSelection(domain: source.domain, options: options, windows: windows))
      }
      try read(source, into: &selections[number])
    }

    var built: [Corpus.Domain] = []
    var counts: [DomainCounts] = []
    for (domain, selection) in zip(domains, selections) {
      let (texts, count) = selection.finish()
      guard !texts.isEmpty else { throw .nothingKept(domain: domain, counts: count) }
      built.append(Corpus.Domain(name: domain, texts: texts))
      counts.append(count)
    }
    do {
      return CorpusBuild(corpus: try Corpus(domains: built), counts: counts)
    } catch {
      throw .invalidOption(error.description)
    }
  }

  private func checkOptions() throws(CorpusBuildError) {
    guard !sources.isEmpty else { throw .invalidOption("expected at least one source, domain=path") }
    if let sample = options.sample, sample < 1 {
      throw .invalidOption("sample: expected at least 1, found \(sample)")
    }
    if options.minimumCharacters < 0 {
      throw .invalidOption("minimum characters: expected at least 0, found \(options.minimumCharacters)")
    }
    if let maximum = options.maximumCharacters, maximum < max(1, options.minimumCharacters) {
      throw .invalidOption(
        "maximum characters: expected at least \(max(1, options.minimumCharacters)), found \(maximum)")
    }
  }

  /// Refuses a group that a source cannot name.
  private func checkGroup(of source: CorpusSource) throws(CorpusBuildError) {
    guard let name = options.groupField else { return }
    do throws(PathFailure) {
      switch source.format {
      case .text: break
      case .delimited: _ = try ColumnPath(parsing: name)
      case .json(let field), .jsonLines(let field):
        guard !field.startsAtTop else {
          throw PathFailure("a field from the top of the file belongs to no record that could name a group")
        }
        let path = try FieldPath(parsing: name)
        guard !path.startsAtTop, path.paths.count == 1, !path.hasEvery else {
          throw PathFailure("expected a group field that names one value of a record, found \(name.quoted)")
        }
      }
    } catch {
      throw .malformedSource(source.argument, reason: error.reason)
    }
  }

  private func read(_ source: CorpusSource, into selection: inout TextSelection) throws(CorpusBuildError) {
    try checkGroup(of: source)
    let found = try FileFinder.find(source)
    let before = selection.counts
    for bytes in found.paths {
      let path = bytes.pathText
      do {
        try InputFile.reading(bytes) { input in
          let file = SourceFile(path: path, isNamed: found.isNamed, input: input, options: options)
          try read(file, of: source, into: &selection)
        }
      } catch let error as CorpusBuildError {
        throw error
      } catch let error as FileFailure {
        throw .cannotRead(file: path, reason: error.reason)
      } catch {
        throw .cannotRead(file: path, reason: String(describing: error))
      }
    }
    guard selection.counts.read > before.read else {
      throw .emptySource(source.argument, files: found.paths.count)
    }
  }

  private func read(
    _ file: SourceFile, of source: CorpusSource, into selection: inout TextSelection
  ) throws(CorpusBuildError) {
    if try file.isBinary { return selection.addBinary() }
    selection.addFile()
    switch source.format {
    case .text(let split): try file.readText(split ?? options.split, into: &selection)
    case .json(let field): try file.readJSON(field, into: &selection)
    case .jsonLines(let field): try file.readJSONLines(field, into: &selection)
    case .delimited(let separator, let column): try file.readRows(separatedBy: separator, column, into: &selection)
    }
  }
}
