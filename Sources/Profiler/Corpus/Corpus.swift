import Foundations

/// Texts by domain, in file order.
///
/// The file is `{"cpp": ["text", …], "python": […]}`, or a flat list, which is one domain named after the file. A text
/// may be a list of token ids, or an object `{"text": "…", "group": "…"}` or `{"tokens": […], "group": "…"}`. Domains are distinguished by the bytes of their names. A text is identified by its
/// 0-based index in its domain's list, so empty texts are kept here and selecting never renumbers.
public struct Corpus: Sendable, Equatable {
  /// The texts of one domain.
  public struct Domain: Sendable, Equatable {
    public let name: String
    public let texts: [CorpusText]

    public init(name: String, texts: [CorpusText]) {
      self.name = name
      self.texts = texts
    }

    public static func == (left: Domain, right: Domain) -> Bool {
      left.name.hasSameBytes(as: right.name) && left.texts == right.texts
    }
  }

  public let domains: [Domain]

  /// - Throws: `CorpusError.noDomain`, `CorpusError.duplicateDomain` if two domains share a name,
  ///   `CorpusError.longDomainName`, or `CorpusError.nulInDomain`.
  public init(domains: [Domain]) throws(CorpusError) {
    guard !domains.isEmpty else { throw .noDomain(file: nil) }
    var names: Set<ByteString> = []
    for domain in domains {
      try Self.check(domainName: domain.name, file: nil)
      guard names.insert(ByteString(domain.name)).inserted else {
        throw .duplicateDomain(file: nil, name: domain.name)
      }
    }
    self.init(unchecked: domains)
  }

  /// Maximum length of a domain's name in bytes.
  public static let domainNameLimit = 1_000

  static func check(domainName name: String, file: String?) throws(CorpusError) {
    guard !name.utf8.contains(0) else { throw .nulInDomain(file: file, name: name) }
    guard name.utf8.count <= domainNameLimit else { throw .longDomainName(file: file, name: name) }
  }

  /// Creates a corpus of domains whose names are known to differ.
  init(unchecked domains: [Domain]) { self.domains = domains }

  /// Number of texts in all domains, including empty ones.
  public var textCount: Int { domains.reduce(0) { $0 + $1.texts.count } }

  /// Returns the named domains only, in the order of the corpus, so that the order of names on a command line has no
  /// effect.
  ///
  /// - Throws: `CorpusError.unknownDomain`, or `CorpusError.noDomain` for an empty list.
  public func selecting(domains names: [String]) throws(CorpusError) -> Corpus {
    let known = Set(domains.map { ByteString($0.name) })
    for name in names where !known.contains(ByteString(name)) {
      throw .unknownDomain(name: name, known: domains.map(\.name))
    }
    guard !names.isEmpty else { throw .noDomain(file: nil) }
    let wanted = Set(names.map { ByteString($0) })
    return Corpus(unchecked: domains.filter { wanted.contains(ByteString($0.name)) })
  }

  /// Returns at most the first `count` texts of every domain.
  public func limited(to count: Int) -> Corpus {
    Corpus(unchecked: domains.map { Domain(name: $0.name, texts: Array($0.texts.prefix(max(0, count)))) })
  }
}
