import ArgumentParser
import Foundation
import Foundations
import LlamaCore

@main
package struct FPCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fp-cli",
    abstract: "Measures how much every block of a Llama-family transformer changes the residual stream.",
    discussion: """
      EXAMPLES
        fp-cli random-model --shape tiny --output tiny-model
        fp-cli corpus build 'cpp=src/**/*.cpp' legal=cases.jsonl:text --output c.json
        fp-cli profile --model tiny-model --corpus c.json --output run
        fp-cli compare run
        fp-cli report run
        fp-cli prune run --blocks 2
        fp-cli generate --model tiny-model "Once upon a time"
        fp-cli inspect tiny-model

      Results go to standard output, progress and messages to standard error.
      Shell completions: fp-cli --generate-completion-script zsh|bash|fish
      """,
    version: Version.current,
    subcommands: [
      ProfileCommand.self, AblateCommand.self, ExportCommand.self, CompareCommand.self, ReportCommand.self,
      PruneCommand.self,
      CorpusCommand.self, GenerateCommand.self, PerplexityCommand.self, TokenizeCommand.self, InspectCommand.self,
      RandomModelCommand.self, BenchCommand.self,
    ])

  package init() {}

  package static func main() {
    StandardStreams.prepare()
    Interruption.prepare()
    MappedFileFaults.prepare()
    var unit: ByteUnit?
    do {
      try checkArguments()
      var command = try parseAsRoot()
      unit = (command as? any MemoryLimited)?.memoryLimit?.unit
      try command.run()
    } catch {
      // ArgumentParser prints help and argument errors itself.
      guard exitCode(for: error) == .failure else { exit(withError: error) }
      Terminal.write("Error: \(describe(error, in: unit).onOneLine)\n")
      Foundation.exit(EXIT_FAILURE)
    }
  }

  /// Swift repairs arguments that are not UTF-8, and a repaired name denotes another file.
  private static func checkArguments() throws {
    for place in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[place], String(validatingCString: argument) == nil else { continue }
      throw ValidationError("argument \(place): expected UTF-8, found \(String(cString: argument).quoted)")
    }
  }

  private static func describe(_ error: any Error, in unit: ByteUnit?) -> String {
    if let unit, let error = error as? any SizedError { return error.description(in: unit) }
    return String(describing: error)
  }

  /// Returns the error message for arguments, which are parsed and validated but not run; nil if they are valid.
  package static func mistake(in arguments: [String]) -> String? {
    do {
      _ = try parseAsRoot(arguments)
      return nil
    } catch {
      return fullMessage(for: error)
    }
  }
}
