import Foundation
import TestSupport
import Testing

/// The modules of the package import what stands here and nothing else, and the manifest says the same.
@Suite struct ModuleArrowTests {
  static let imports: [String: Set<String>] = [
    "Foundations": [],
    "Statistics": ["Foundations"],
    "LlamaCore": ["Foundations"],
    "Profiler": ["Foundations", "Statistics", "LlamaCore"],
    "CorpusBuilder": ["Foundations", "Profiler"],
    "ProfileBench": ["Foundations", "Statistics", "LlamaCore", "Profiler"],
    "ProfileStore": ["Foundations", "LlamaCore", "Profiler"],
    "ProfileReport": ["Foundations", "Statistics", "LlamaCore", "Profiler", "ProfileStore"],
    "fp-cli": [
      "Foundations", "Statistics", "LlamaCore", "Profiler", "CorpusBuilder", "ProfileBench", "ProfileStore",
      "ProfileReport",
    ],
  ]

  /// A source file of a module.
  private struct Source {
    let module, name: String
    /// Modules of the package that the file imports.
    let imported: Set<String>

    init(module: String, name: String, _ text: String) {
      (self.module, self.name) = (module, name)
      let found = text.matches(of: /(?m)^(?:@\w+(?:\(\w+\))? +)*(?:public +|package +)?import +(\w+)/)
      imported = Set(found.map { String($0.1) }).intersection(ModuleArrowTests.imports.keys)
    }
  }

  private static func sources() throws -> [Source] {
    try imports.keys.sorted().flatMap { module in
      let folder = Repository.root.appending(path: "Sources/\(module)")
      let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
      return try paths.map {
        Source(module: module, name: $0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
      }
    }
  }

  /// Imports that point the wrong way, a line each.
  private static func violations(_ sources: [Source]) -> [String] {
    sources.flatMap { source in
      source.imported.subtracting(imports[source.module] ?? []).sorted().map {
        "\(source.module)/\(source.name) imports \($0)"
      }
    }
  }

  /// The modules of the package that each target of the manifest depends on.
  private static func dependencies(_ manifest: String) -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    // Dependencies that are targets themselves are further to the right.
    for target in manifest.split(separator: /(?m)^    \.(?:target|executableTarget|testTarget|systemLibrary)\(/) {
      var names = target.matches(of: /"([\w-]+)"/).map { String($0.1) }
      guard let name = names.first, imports[name] != nil else { continue }
      names.removeFirst()
      found[name] = Set(names).intersection(imports.keys)
    }
    return found
  }

  private static func manifest() throws -> String {
    try String(contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8)
  }

  @Test func `every module imports only those it may`() throws {
    let sources = try Self.sources()
    #expect(sources.count > 250)
    #expect(Self.violations(sources).isEmpty)
  }

  @Test func `what a module may import is imported somewhere in it`() throws {
    let sources = try Self.sources()
    for (module, expected) in Self.imports {
      let found = sources.filter { $0.module == module }.reduce(into: Set<String>()) { $0.formUnion($1.imported) }
      #expect(found == expected, "\(module)")
    }
  }

  @Test func `the manifest names the same arrows`() throws {
    #expect(Self.dependencies(try Self.manifest()) == Self.imports)
  }

  @Test(arguments: [
    ("LlamaCore", "import Statistics", "LlamaCore/Planted.swift imports Statistics"),
    ("Statistics", "public import LlamaCore", "Statistics/Planted.swift imports LlamaCore"),
    ("Foundations", "@_spi(Planted) import Profiler", "Foundations/Planted.swift imports Profiler"),
    ("CorpusBuilder", "@_exported public import LlamaCore", "CorpusBuilder/Planted.swift imports LlamaCore"),
  ])
  func `a wrong import that is planted is found`(module: String, text: String, message: String) throws {
    let planted = Source(module: module, name: "Planted.swift", "import Foundation\n\(text)\n")
    #expect(Self.violations(try Self.sources() + [planted]) == [message])
  }

  @Test func `a wrong dependency that is planted is found`() throws {
    let right = #".target(name: "Statistics", dependencies: ["Foundations"]"#
    let wrong = #".target(name: "Statistics", dependencies: ["Foundations", "LlamaCore"]"#
    let manifest = try Self.manifest()
    #expect(manifest.contains(right))
    let found = Self.dependencies(manifest.replacing(right, with: wrong))
    #expect(found["Statistics"] == ["Foundations", "LlamaCore"])
  }
}
