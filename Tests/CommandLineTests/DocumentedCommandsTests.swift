import Foundation
import TestSupport
import Testing

/// What README and the other documents tell people to type.
@Suite struct DocumentedCommandsTests {
  private static let documents: [String] = {
    let docs =
      (try? FileManager.default.contentsOfDirectory(atPath: Repository.root.appending(path: "docs").path)) ?? []
    return ["README.md", "CONTRIBUTING.md", "Fixtures/samples/README.md"]
      + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  /// The blocks of shell commands of a document, one after the other.
  private static func commands(_ document: String) throws -> String {
    let text = try String(contentsOf: Repository.root.appending(path: document), encoding: .utf8)
    return text.components(separatedBy: "\n```sh\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
      .joined(separator: "\n")
  }

  /// Values of an option in the words of a call.
  private func values(_ option: String, _ call: [String]) -> [String] {
    zip(call, call.dropFirst()).filter { $0.0 == option }.map(\.1)
  }

  @Test func `documents have commands`() throws {
    #expect(Self.documents.count > 8)
    #expect(try ShellCommands(Self.commands("README.md")).calls.count { $0[0] == "fp-cli" } >= 6)
  }

  @Test(arguments: documents)
  func `every command of a document can be typed as it stands in a fresh clone`(document: String) throws {
    let text = try Self.commands(document)
    guard !text.isEmpty else { return }
    let shell = try ShellCommands(text)
    let makefile = try String(contentsOf: Repository.root.appending(path: "Makefile"), encoding: .utf8)
    // What the commands before a command have written.
    var written = shell.redirected
    func isThere(_ path: String) -> Bool {
      // As far as no pattern begins.
      let plain = path.prefix { !"*?[".contains($0) }
      let place =
        plain.count < path.count ? String(plain.prefix(upTo: plain.lastIndex(of: "/") ?? plain.startIndex)) : path
      return written.contains(path)
        || FileManager.default.fileExists(atPath: Repository.root.appending(path: place).path)
    }
    for call in shell.calls {
      switch call[0] {
      case "fp-cli":
        #expect(mistake(in: call) == nil, "\(call)")
        var inputs = ["--model", "--corpus", "--tokenizer"].flatMap { values($0, call) }
        if call.count > 2, ["compare", "export", "inspect", "prune", "report"].contains(call[1]),
          !call[2].hasPrefix("-")
        {
          inputs.append(call[2])
        }
        if call.count > 2, call[1] == "corpus" {
          inputs += call.filter { $0.contains(/^\w+=/) }.map { String($0.split(separator: /[=:]/)[1]) }
        }
        for input in inputs { #expect(isThere(input), "\(input): \(call)") }
        written.formUnion(["--output", "--write"].flatMap { values($0, call) })
      case "make":
        for target in call.dropFirst() where !target.contains("=") {
          #expect(makefile.contains("\n\(target):"), "\(call)")
        }
      case "python3" where call.count > 1 && !call[1].hasPrefix("-"):
        #expect(isThere(call[1]), "\(call)")
        // A folder that a script is asked to write.
        written.formUnion(call.dropFirst(2))
      default: break
      }
    }
  }

  @Test(arguments: documents)
  func `every file that a document links to is there`(document: String) throws {
    let file = Repository.root.appending(path: document)
    for link in try String(contentsOf: file, encoding: .utf8).matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
      let target = file.deletingLastPathComponent().appending(path: String(link.output.1))
      #expect(FileManager.default.fileExists(atPath: target.path), "\(link.output.1)")
    }
  }
}
