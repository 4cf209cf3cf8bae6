import CorpusBuilder
import Foundation
import Foundations
import LlamaCore
import Profiler
import ProfileReport
import ProfileStore
import TestSupport
import Testing

/// What a program shows of an error that knows nothing of this package.
@Suite struct ErrorDescriptionTests {
  private static func error(_ body: () throws -> Void) -> any Error {
    do {
      try body()
      return CancellationError()
    } catch {
      return error
    }
  }

  private static let errors: [any Error] = [
    FileError(path: "a\nb", reason: .system(ENOENT)),
    error { _ = try SafetensorsFile(contentsOf: URL(filePath: #filePath)) },
    error { _ = try Checkpoint(directory: Repository.root) },
    error { _ = try JSONValue(parsing: [0x7B].span) },
    TokenizerError.unreadable(file: "t", reason: "no such file"), SamplingError.noToken,
    RunError.option("threads", expected: "1 to 1024", found: 0), RunError.emptyText(3),
    CorpusError.noDomain(file: "c"), CorpusBuildError.invalidOption("sample: expected at least 1, found 0"),
    ProfileError.notFinite(text: TextIdentity(domain: "d", index: 1), NonFinite(cause: .values, layer: 0)),
  ]

  @Test(arguments: errors.indices)
  func `localizedDescription says what description says`(index: Int) throws {
    let error = Self.errors[index]
    #expect(error.localizedDescription == String(describing: error))
    #expect(!error.localizedDescription.isEmpty)
    #expect(!error.localizedDescription.contains("\n"))
    #expect((error as? any LocalizedError)?.errorDescription == error.localizedDescription)
  }

  /// A new error cannot be forgotten.
  @Test func `every public error of the package is one that describes itself`() throws {
    let sources = Repository.root.appending(path: "Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    let declaration = try Regex(#"public (?:enum|struct) (\w*Error)\b([^{\n]*)"#)
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
        let name = String(match.output[1].substring ?? "")
        #expect(match.output[2].substring?.contains("DescribedError") == true, "\(name)")
        found.insert(name)
      }
    }
    #expect(found.isSuperset(of: Set(Self.errors.map { "\(type(of: $0))" })), "\(found)")
    #expect(found.count >= 14, "\(found)")
  }
}
