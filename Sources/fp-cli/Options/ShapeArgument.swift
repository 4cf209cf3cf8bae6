import ArgumentParser
import LlamaCore
import ProfileBench

extension RandomCheckpoint {
  /// Names for `--shape`.
  static let names = all.map(\.name)

  /// Returns the checkpoint of a shape as it is typed.
  static func named(_ shape: String) throws(ValidationError) -> RandomCheckpoint {
    guard let checkpoint = all.first(where: { $0.name == shape }) else {
      throw ValidationError("--shape: expected one of \(names.joined(separator: ", ")), found \(shape.quoted)")
    }
    return checkpoint
  }
}
