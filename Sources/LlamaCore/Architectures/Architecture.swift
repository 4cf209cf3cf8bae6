public import Foundation
import Foundations

/// A family of models: its `model_type`, and the function that turns its `config.json` into a ``ModelSpec``.
struct Architecture: Sendable {
  let modelType: String
  /// Throws a fault naming the key that is missing, impossible or not supported.
  let spec: @Sendable (JSONFields) throws(JSONFields.Fault) -> ModelSpec

  /// All supported families.
  static let all = [Architecture(modelType: Llama.modelType, spec: Llama.spec)]
}

extension ModelSpec {
  /// Reads `config.json`, or the one in a model directory, in the keys of transformers 4 or 5.
  ///
  /// The dimensions must be stated. Optional keys have the defaults of transformers' configuration of the family.
  /// - Throws: ``FileError`` naming the key: for a missing or impossible value, and for every feature that is
  ///   not supported (another `model_type`, activation or RoPE type, quantized weights).
  public init(contentsOf url: URL) throws {
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory)
    let file = isDirectory.boolValue ? url.appendingPathComponent("config.json") : url
    let json = try JSONValue(contentsOf: file, limit: Self.fileLimit)
    do throws(JSONFields.Fault) {
      guard json.object != nil else { throw JSONFields.Fault(reason: "expected an object, found \(json.found)") }
      try self.init(JSONFields(json))
    } catch {
      throw FileError(path: file.relativePath, reason: .malformed(error.reason))
    }
  }

  /// Maximum size of a `config.json` in bytes. Known files have a few thousand.
  static let fileLimit = 1 << 22

  init(_ fields: JSONFields) throws(JSONFields.Fault) {
    let modelType = try fields.string("model_type")
    guard let family = Architecture.all.first(where: { $0.modelType.hasSameBytes(as: modelType) }) else {
      let known = Architecture.all.map(\.modelType).joined(separator: ", ")
      throw fields.unsupported("model_type", modelType, known: known)
    }
    self = try family.spec(fields)
  }
}
