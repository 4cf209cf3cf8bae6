import Testing

@Suite struct HelpTests {
  static let commands = [
    [], ["profile"], ["compare"], ["report"], ["prune"], ["corpus", "build"], ["tokenize"], ["inspect"],
    ["random-model"], ["bench"], ["generate"], ["perplexity"],
  ]

  @Test(arguments: commands)
  func `help fits a terminal and shows examples`(command: [String]) throws {
    let result = try Tool.run(command + ["--help"])
    #expect(result.status == 0 && result.messages.isEmpty)
    let lines = result.output.split(separator: "\n")
    // The usage is one line whatever its length.
    #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE") })
    let start = try #require(lines.firstIndex(of: "EXAMPLES"))
    let examples = lines[(start + 1)...].prefix { $0.hasPrefix("  ") }
    #expect(examples.contains { $0.hasPrefix("  fp-cli " + command.joined(separator: " ")) })
  }

  @Test func `the help of corpus build explains fields`() throws {
    let help = try Tool.run("corpus", "build", "--help").output
    for syntax in ["a.b", "a.*", "a+b", ".data.*.a", "#2", #"a\.b"#, "**", ":paragraph"] {
      #expect(help.contains(syntax), "\(syntax)")
    }
  }

  @Test func `a version is printed`() throws {
    #expect(try Tool.run("--version").output.contains(/^\d+\.\d+\.\d+\n$/))
  }

  @Test(arguments: [
    ["profle"], ["profile", "--model"], ["tokenize", "--tokenizer", "t"], ["corpus", "build", "a=b"],
  ])
  func `a mistake in the arguments ends with code 64 and the usage`(arguments: [String]) throws {
    let result = try Tool.run(arguments)
    #expect(result.status == 64 && result.output.isEmpty && result.messages.contains("Usage: fp-cli"))
  }
}
