import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// The folders of LlamaCore use what stands before them in ``order`` and nothing behind.
@Suite struct FolderArrowTests {
  static let order = [
    "Threads", "Memory", "Architectures", "Edits", "Tensors", "Tokenizer", "Kernels", "Weights", "Observation",
    "Execution", "Model", "Pruning", "Ablation", "Generation",
  ]

  /// A source file without comments and strings.
  private struct Source {
    let folder, name, text: String

    init(_ path: String, _ text: String) {
      let parts = path.split(separator: "/").map(String.init)
      (folder, name) = (parts.count > 1 ? parts[0] : "", parts.last ?? "")
      self.text = text.replacing(/"""[\s\S]*?"""/, with: "").replacing(/\/\/[^\n]*/, with: "")
        .replacing(/"(?:[^"\\\n]|\\.)*"/, with: "")
    }

    /// Types that other files may name: those that are not inside another.
    var declared: [String] {
      text.matches(
        of:
          /(?m)^(?:(?:public|package|final|indirect|nonisolated) +)*(?:struct|class|enum|protocol|actor|typealias) +([A-Z]\w*)/
      ).map { String($0.1) }
    }

    /// Names of types, but for those that it declares itself, wherever.
    var used: Set<String> {
      let own = text.matches(of: /(?:struct|class|enum|protocol|actor|typealias) +([A-Z]\w*)/).map { String($0.1) }
      return Set(text.matches(of: /\b[A-Z]\w*/).map { String($0.0) }).subtracting(own)
    }
  }

  /// What points the wrong way, a line each.
  private static func violations(_ sources: [Source]) -> [String] {
    var homes: [String: String] = [:]
    for source in sources { for name in source.declared { homes[name] = source.folder } }
    func rank(_ folder: String) -> Int { order.firstIndex(of: folder) ?? -1 }
    let unknown = sources.filter { rank($0.folder) < 0 }.map { "\($0.name): folder \"\($0.folder)\" has no place" }
    return unknown
      + sources.flatMap { source in
        source.used.sorted().compactMap { name in
          guard let home = homes[name], rank(home) > rank(source.folder) else { return nil }
          return "\(source.folder)/\(source.name) uses \(name) of \(home)"
        }
      }
  }

  private static func sources() throws -> [Source] {
    let folder = Repository.root.appending(path: "Sources/LlamaCore")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    return try paths.map {
      Source($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
    }
  }

  @Test func `every folder uses only those before it`() throws {
    let sources = try Self.sources()
    #expect(sources.count > 100)
    #expect(Set(sources.map(\.folder)) == Set(Self.order))
    #expect(Self.violations(sources).isEmpty)
  }

  @Test(arguments: [
    ("Kernels/Planted.swift", "let wave: PackedBatch? = nil", "uses PackedBatch of Execution"),
    ("Threads/Planted.swift", "func read() -> FloatBuffer? { nil }", "uses FloatBuffer of Memory"),
    ("Execution/Planted.swift", "extension LlamaModel {}", "uses LlamaModel of Model"),
    ("Elsewhere/Planted.swift", "struct Planted {}", "folder \"Elsewhere\" has no place"),
  ])
  func `a wrong arrow that is planted is found`(path: String, text: String, message: String) throws {
    let found = Self.violations(try Self.sources() + [Source(path, text)])
    try #require(found.count == 1, "\(found)")
    #expect(found[0].contains(message), "\(found)")
  }

  @Test func `comments, strings and types of the file's own are no arrows`() throws {
    let text = """
      // LlamaModel
      let name = "LlamaModel"
      enum Planted { struct PackedBatch {} ; let batch: PackedBatch }
      """
    #expect(Self.violations(try Self.sources() + [Source("Threads/Planted.swift", text)]).isEmpty)
  }
}
