import Foundation
import Foundations

/// Reason why a text does not describe an edit, as one line.
package struct EditSyntaxError: DescribedError, Equatable, Sendable {
  package let description: String

  init(expected: String, found: String) { description = "expected \(expected), found \(found.quoted)".onOneLine }
}

extension BlockUnit {
  /// Parses `PART:BLOCKS`, such as `mlp:3-5` or `head:7.2`, into its units.
  package static func units(_ text: String, heads: Bool = true) throws(EditSyntaxError) -> [BlockUnit] {
    let names = "block:, attention:\(heads ? ", mlp: or head:" : " or mlp:")"
    let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard pieces.count == 2, let part = Part(rawValue: String(pieces[0])), part != .span, heads || part != .head else {
      throw EditSyntaxError(expected: "\(names) and numbers, such as mlp:3-5", found: text)
    }
    guard part == .head else {
      guard let layers = BlockList.indices(pieces[1]) else {
        throw EditSyntaxError(
          expected: "numbers of blocks, such as \(part.rawValue):3-5 or \(part.rawValue):2,7", found: text)
      }
      return layers.map { BlockUnit(part, $0) }
    }
    let ends = pieces[1].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.count == 2, let layer = BlockList.index(ends[0]), let heads = BlockList.indices(ends[1]) else {
      throw EditSyntaxError(expected: "a block and its heads, such as head:7.2 or head:7.0-3", found: text)
    }
    return heads.map { .head($0, of: layer) }
  }

  /// Parses `spanN:BLOCKS`, such as `span3:0-27`, into spans from these blocks on; nil for any other text.
  package static func spans(_ text: String) -> [BlockUnit]? {
    let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard pieces.count == 2, pieces[0].hasPrefix(Part.span.rawValue), let layers = BlockList.indices(pieces[1]),
      let count = BlockList.index(pieces[0].dropFirst(Part.span.rawValue.count)), count > 1
    else { return nil }
    return layers.map { .span(count, from: $0) }
  }

  /// Parses `PART:BLOCKS=FACTOR`, such as `mlp:20=0.5`.
  package static func scale(_ text: String) throws(EditSyntaxError) -> (units: [BlockUnit], factor: Float) {
    guard let sign = text.lastIndex(of: "="), let factor = Float.finite(text[text.index(after: sign)...]) else {
      throw EditSyntaxError(expected: "a part and a finite factor, such as mlp:20=0.5", found: text)
    }
    return (try units(String(text[..<sign]), heads: false), factor)
  }
}

extension ModelEdits.Steering {
  /// Parses `FILE:TENSOR@BLOCK*FACTOR`, of which the factor may be left out.
  package init(parsing text: String) throws(EditSyntaxError) {
    let fault = EditSyntaxError(
      expected: "FILE.safetensors:TENSOR@BLOCK*FACTOR, such as v.safetensors:v@12*4", found: text)
    // From the right, because paths and names may contain all of these signs.
    guard let at = text.lastIndex(of: "@"), let colon = text[..<at].lastIndex(of: ":") else { throw fault }
    let place = text[text.index(after: at)...].split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    let (file, name) = (text[..<colon], text[text.index(after: colon)..<at])
    guard !file.isEmpty, !name.isEmpty, let layer = BlockList.index(place[0]) else { throw fault }
    guard let factor = place.count == 1 ? 1 : Float.finite(place[1]) else { throw fault }
    self.init(file: URL(filePath: String(file)), tensor: String(name), layer: layer, factor: factor)
  }
}

extension ModelEdits.Swap {
  /// Parses `DIR@BLOCKS`, `attention:DIR@BLOCKS` or `mlp:DIR@BLOCKS`.
  package init(parsing text: String) throws(EditSyntaxError) {
    let prefixed = [BlockUnit.Part.attention, .mlp].first { text.utf8.starts(with: "\($0.rawValue):".utf8) }
    let rest = prefixed.map { text.dropFirst($0.rawValue.count + 1) } ?? text[...]
    guard let at = rest.lastIndex(of: "@"), at > rest.startIndex,
      let layers = BlockList.indices(rest[rest.index(after: at)...])
    else { throw EditSyntaxError(expected: "DIR@BLOCKS, such as tuned@12-15 or mlp:tuned@3", found: text) }
    self.init(directory: URL(filePath: String(rest[..<at])), part: prefixed ?? .block, layers: layers)
  }
}

extension Float {
  /// Returns a finite decimal number.
  fileprivate static func finite(_ text: some StringProtocol) -> Float? {
    guard let number = Float(text), number.isFinite else { return nil }
    return number
  }
}
