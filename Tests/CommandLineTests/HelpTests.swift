import Foundation
import LlamaCore
import Statistics
import TestSupport
import Testing
import fp_cli

@Suite struct HelpTests {
  static let commands = [
    [], ["profile"], ["ablate"], ["export"], ["compare"], ["report"], ["prune"], ["corpus", "build"], ["tokenize"],
    ["inspect"],
    ["random-model"], ["bench"], ["generate"], ["perplexity"],
  ]

  /// The lines under EXAMPLES in a command's help, as they are printed for a terminal of 80 columns.
  private static func examples(_ command: [String]) throws -> [Substring] {
    let result = try Tool.run(command + ["--help"])
    #expect(result.status == 0)
    #expect(result.messages.isEmpty)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    // The usage is one line whatever its length.
    #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
    let start = try #require(lines.firstIndex(of: "EXAMPLES"))
    return Array(lines[(start + 1)...].prefix { !$0.isEmpty })
  }

  @Test(arguments: commands)
  func `help fits a terminal and shows examples`(command: [String]) throws {
    let examples = try Self.examples(command)
    // A line that was broken to fit would go on at the margin.
    #expect(examples.allSatisfy { $0.hasPrefix("  ") })
    #expect(examples.contains { $0.hasPrefix("  fp-cli " + command.joined(separator: " ")) })
  }

  @Test(arguments: commands)
  func `every example of the help is understood as it is printed`(command: [String]) throws {
    let examples = try Self.examples(command)
    let calls = try ShellCommands(examples.joined(separator: "\n"), files: ["notes.txt", "query.sql"]).calls
    let count = examples.count { $0.hasPrefix("  fp-cli ") }
    #expect(count > 0)
    #expect(calls.count { $0[0] == "fp-cli" } == count)
    for call in calls where call[0] == "fp-cli" { #expect(mistake(in: call) == nil, "\(call)") }
  }

  @Test func `every command is among these`() throws {
    let help = try Tool.run("--help").output
    let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").dropFirst().first)
    let names = list.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }.compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
    #expect(Set(names) == Set(Self.commands.compactMap(\.first)))
    #expect(names.count > 10)
  }

  @Test func `the help of corpus build explains fields`() throws {
    let help = try Tool.run("corpus", "build", "--help").output
    for syntax in ["a.b", "a.*", "a+b", ".data.*.a", "#2", #"a\.b"#, "**", ":paragraph"] {
      #expect(help.contains(syntax), "\(syntax)")
    }
  }

  private static func text(of command: String) throws -> String {
    try Tool.run(command, "--help").output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `help, README and documentation name every verdict`() throws {
    let help = try Self.text(of: "compare")
    let texts = try ["README.md", "docs/statistics.md"].map {
      try String(contentsOf: Repository.root.appending(path: $0), encoding: .utf8)
    }
    for verdict in Verdict.allCases {
      #expect(help.contains(verdict.rawValue), "\(verdict)")
      for text in texts { #expect(text.contains("`\(verdict.rawValue)`"), "\(verdict)") }
    }
  }

  @Test func `the scope of what is not said otherwise is in the help`() throws {
    let scopes = "(values: all, without_first_token, without_sinks"
    let compare = try Self.text(of: "compare")
    #expect(compare.contains("By default without_sinks; for spectra") && compare.contains(scopes + ")"), "\(compare)")
    #expect(try Self.text(of: "prune").contains("Tokens that count for the metric, all by default."))
    #expect(try Self.text(of: "report").contains("at first, and in its summary, the sinks are left out"))
  }

  @Test func `a version is printed`() throws {
    #expect(try Tool.run("--version").output.contains(/^\d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    ["profle"], ["profile", "--model"], ["tokenize", "--tokenizer", "t"], ["corpus", "build", "a=b"],
  ])
  func `a mistake in the arguments ends with code 64 and the usage`(arguments: [String]) throws {
    let result = try Tool.run(arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.messages.contains("Usage: fp-cli"))
  }
}

/// What is wrong with the words of a call of fp-cli, whatever this processor can compute in.
func mistake(in call: [String]) -> String? {
  let isAvailable = Precision.bfloat16.unavailableReason == nil
  let words = call.dropFirst().map { $0 == "bfloat16" && !isAvailable ? "float32" : $0 }
  return FPCommand.mistake(in: Array(words))
}
