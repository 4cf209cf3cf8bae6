public import Foundations
import LlamaCore

/// The reason why a corpus could not be read, selected from or written. The description is one line.
public enum CorpusError: DescribedError, Equatable, Sendable {
  /// The file could not be opened or read.
  case cannotRead(file: String, reason: String)
  /// The file could not be written; an existing file of the name is unchanged, and no new one exists.
  case cannotWrite(file: String, reason: String)
  /// The file is not JSON.
  case malformed(file: String, JSONError)
  /// The file is neither an object nor a list.
  case notACorpus(file: String, found: String)
  /// A domain's value is not a list. `domain` is nil if the file itself is the list.
  case notAList(file: String, domain: String, found: String)
  /// A text is neither a string, a list nor an object. `index` is 0-based.
  case notAText(file: String, domain: String, index: Int, found: String)
  /// A text that is an object of other members than a text and its group. `index` is 0-based.
  case malformedText(file: String, domain: String, index: Int, reason: String)
  /// An element of a list of token ids is not an integer from 0 to 2,147,483,647. Both indices are 0-based.
  case notATokenID(file: String, domain: String, index: Int, position: Int, found: String)
  /// A text that the tokenizer refuses. `index` is 0-based.
  case cannotTokenize(domain: String, index: Int, reason: String)
  /// Two domains share a name. `file` is nil for a corpus that was not read from one.
  case duplicateDomain(file: String?, name: String)
  /// A domain's name contains a NUL, at which other programs would truncate it.
  case nulInDomain(file: String?, name: String)
  /// A domain's name is longer than ``Corpus/domainNameLimit``: it is part of every row of every file.
  case longDomainName(file: String?, name: String)
  /// There is no domain.
  case noDomain(file: String?)
  /// A requested domain does not exist in the corpus.
  case unknownDomain(name: String, known: [String])
}

extension CorpusError {
  public var description: String {
    switch self {
    case .cannotRead(let file, let reason): "\(file.onOneLine): cannot read: \(reason.onOneLine)"
    case .cannotWrite(let file, let reason): "\(file.onOneLine): cannot write: \(reason.onOneLine)"
    case .malformed(let file, let error): "\(file.onOneLine), \(error.description.onOneLine)"
    case .notACorpus(let file, let found):
      "\(file.onOneLine): expected an object of lists of texts, or a list of texts, found \(found)"
    case .notAList(let file, let domain, let found):
      "\(file.onOneLine): domain \(domain.quoted): expected a list of texts, found \(found)"
    case .notAText(let file, let domain, let index, let found):
      "\(file.onOneLine): domain \(domain.quoted), text \(index): expected a string, a list of token ids or an "
        + "object, found \(found)"
    case .malformedText(let file, let domain, let index, let reason):
      "\(file.onOneLine): domain \(domain.quoted), text \(index): \(reason)"
    case .notATokenID(let file, let domain, let index, let position, let found):
      "\(file.onOneLine): domain \(domain.quoted), text \(index), position \(position): "
        + "expected a token id from 0 to \(TokenID.max), found \(found)"
    case .cannotTokenize(let domain, let index, let reason):
      "corpus: domain \(domain.quoted), text \(index): \(reason.onOneLine)"
    case .longDomainName(let file, let name):
      "\(file?.onOneLine ?? "corpus"): domain \(name.quoted): expected a name of at most \(Corpus.domainNameLimit) bytes, "
        + "found \(name.utf8.count)"
    case .duplicateDomain(let file, let name):
      "\(file?.onOneLine ?? "corpus"): domain \(name.quoted) appears twice"
    case .nulInDomain(let file, let name):
      "\(file?.onOneLine ?? "corpus"): domain \(name.quoted): expected a name without a NUL"
    case .noDomain(let file): "\(file?.onOneLine ?? "corpus"): expected at least one domain, found none"
    case .unknownDomain(let name, let known):
      "corpus: no domain \(name.quoted), its domains are \(known.quotedList)"
    }
  }
}
