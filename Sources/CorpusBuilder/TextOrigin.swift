import Foundations
import Profiler

/// Where a text was taken from.
struct TextOrigin {
  /// Name of the document, the same for all texts that are cut from it and for no other document: the path of the file,
  /// with `#` and the record in a file of records.
  let document: String
  /// True if other texts may be cut from the document.
  let isPart: Bool
  /// Group that a field of the record names; nil without such a field.
  var field: String?

  /// Returns the text's group, nil if it has none: what the field says, or else the document if the text is a part of it.
  ///
  /// - Parameter isWindow: true if parts of the text are cut from it.
  func group(isWindow: Bool) -> String? {
    if let field { return field }
    guard isPart || isWindow else { return nil }
    guard document.utf8.count > CorpusText.groupLimit else { return document }
    return "~" + Fingerprint(of: Array(document.utf8).span).hexadecimal
  }
}
