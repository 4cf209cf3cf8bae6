public import Foundation
import Foundations
public import LlamaCore

/// A hash that identifies a model or corpus, as 64 hexadecimal digits of SHA-256.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public let hexadecimal: String
  public var description: String { hexadecimal }

  /// Parses 64 digits; nil for any other text.
  package init?(hexadecimal: String) {
    let digits = hexadecimal.utf8
    let isHash = digits.count == 64 && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isHash else { return nil }
    self.hexadecimal = hexadecimal
  }

  /// Hashes a file's bytes.
  ///
  /// - Throws: `FileError`.
  public init(contentsOf url: URL) throws {
    let file = try RegularFile(url)
    var hash = SHA256()
    for start in stride(from: 0, to: file.count, by: 1 << 20) {
      let bytes = try file.bytes(start..<min(file.count, start + (1 << 20)))
      hash.update(bytes.span)
    }
    hexadecimal = hash.hexadecimal()
  }

  /// Completes a hash.
  init(of hash: consuming SHA256) { hexadecimal = hash.hexadecimal() }

  /// Hashes bytes.
  package init(of bytes: Span<UInt8>) {
    var hash = SHA256()
    hash.update(bytes)
    hexadecimal = hash.hexadecimal()
  }

  /// Hashes a model's configuration and the list of its checkpoint's tensors; the weights themselves are not read, so
  /// that a model of any size is identified in milliseconds.
  ///
  /// It is the SHA-256 of a UTF-8 text of one line for `config.json` and one for each tensor, the latter sorted by the
  /// bytes of their names, each line ended by `\n`: `config <SHA-256 of the file>`, and
  /// `tensor "<name>" <dtype> [<shape>] <bytes>` with the name as a JSON string and the shape joined by commas.
  ///
  /// - Throws: `FileError` if `config.json` cannot be read.
  public init(of checkpoint: Checkpoint) throws {
    let configuration = try Fingerprint(contentsOf: checkpoint.directory.appending(path: "config.json"))
    var hash = SHA256()
    hash.update("config \(configuration)\n")
    // Not the order of `String`, in which canonically equivalent strings are equal.
    for tensor in checkpoint.tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let name = JSONValue.string(tensor.name).text()
      hash.update("tensor \(name) \(tensor.type.rawValue) [\(shape)] \(tensor.byteRange.count)\n")
    }
    hexadecimal = hash.hexadecimal()
  }

  /// Hashes a sample of a model's weights, which distinguishes a fine-tuned model from its base: both have the same
  /// configuration and tensors. The sample is the middle 1,024 bytes of every tensor, in byte order of their names.
  ///
  /// - Throws: `FileError` if a file has become shorter.
  package init(sampling checkpoint: Checkpoint) throws {
    var hash = SHA256()
    for tensor in checkpoint.tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      let start = max(0, tensor.byteRange.count / 2 - 512)
      try checkpoint.withBytes(of: tensor.name, start..<min(start + 1024, tensor.byteRange.count)) { hash.update($0) }
    }
    hexadecimal = hash.hexadecimal()
  }
}

extension InputFile {
  /// The hash of the content.
  package var fingerprint: Fingerprint { Fingerprint(of: hash) }
}
