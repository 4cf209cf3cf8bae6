import Foundations
import Profiler

/// Selection of the texts of one domain, text by text: by length, then without duplicates, then at random.
///
/// With a sample, the memory held is that of the sample (and 16 bytes per distinct text), however many texts are read.
/// With windows, the texts that are read are documents, and those that are drawn are their windows.
struct TextSelection {
  private(set) var counts = DomainCounts()
  private let options: CorpusBuilder.Options
  private let windows: TokenWindows?
  private let seed: UInt64
  private var kept: [(number: Int, text: CorpusText)] = []
  private var eligible = 0
  private var seen: Set<Digest> = []
  private var generator: SplitMix64

  /// Two hashes of a text's bytes. With 128 bits of SipHash, a thousand million texts contain a false match with a
  /// probability below 1e-20; keeping all texts for comparison would take the memory of the whole source.
  private struct Digest: Hashable {
    let first: Int
    let second: Int

    init(_ text: String) {
      first = Digest.hash(text, 1)
      second = Digest.hash(text, 2)
    }

    /// Hashes the bytes rather than the `String`, whose hash is the same for canonically equivalent texts.
    private static func hash(_ text: String, _ salt: Int) -> Int {
      var hasher = Hasher()
      hasher.combine(salt)
      let bytes = text.utf8.span
      hasher.combine(bytes.count)
      var word: UInt64 = 0
      for index in bytes.indices {
        word = word << 8 | UInt64(bytes[index])
        if index % 8 == 7 { hasher.combine(word) }
      }
      hasher.combine(word)
      return hasher.finalize()
    }
  }

  /// Seeds the draw with the seed and the domain's name, so that the sample of a domain does not depend on the other
  /// domains.
  init(domain: String, options: CorpusBuilder.Options, windows: TokenWindows?) {
    self.options = options
    self.windows = windows
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in domain.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    seed = options.seed ^ hash
    generator = SplitMix64(seed: seed)
  }

  /// Adds a text, or the windows of a document.
  ///
  /// - Throws: ``CorpusBuildError/cannotTokenize(document:reason:)``.
  mutating func add(_ text: String, from origin: TextOrigin) throws(CorpusBuildError) {
    counts.read += 1
    guard !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) else {
      counts.blank += 1
      return
    }
    let length = text.unicodeScalars.count
    guard length >= options.minimumCharacters else {
      counts.tooShort += 1
      return
    }
    if let maximum = options.maximumCharacters, length > maximum {
      counts.tooLong += 1
      return
    }
    if options.removesDuplicates, !seen.insert(Digest(text)).inserted {
      counts.duplicates += 1
      return
    }
    let group = origin.group(isWindow: windows != nil)
    guard let windows else { return draw(CorpusText(.string(text), group: group)) }
    let cut: [[Int32]]
    do {
      cut = try windows.cut(text, seed: seed)
    } catch {
      throw .cannotTokenize(document: origin.document, reason: "\(error)")
    }
    guard !cut.isEmpty else {
      counts.tooShort += 1
      return
    }
    // Each window counts as a text that was read.
    counts.read += cut.count - 1
    for window in cut { draw(CorpusText(.tokens(window), group: group)) }
  }

  /// Algorithm R (Vitter 1985): the i-th qualifying text (from 0) takes a place while there are free ones, then the
  /// place `next(below: i + 1)` if that is in the sample.
  private mutating func draw(_ text: CorpusText) {
    eligible += 1
    guard let sample = options.sample, kept.count >= sample else {
      return kept.append((eligible, text))
    }
    let place = generator.next(below: UInt64(eligible))
    if place < UInt64(kept.count) { kept[Int(place)] = (eligible, text) }
    counts.notSampled += 1
  }

  /// Counts a file or a record without usable text.
  mutating func addInvalid() { counts.invalid += 1 }
  mutating func addFile() { counts.files += 1 }
  mutating func addBinary() { counts.binary += 1 }

  /// Returns the selected texts, in the order they were read, and the counts.
  consuming func finish() -> (texts: [CorpusText], counts: DomainCounts) {
    var counts = counts
    counts.kept = kept.count
    return (kept.sorted { $0.number < $1.number }.map(\.text), counts)
  }
}
