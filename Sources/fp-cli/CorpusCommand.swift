import ArgumentParser
import CorpusBuilder
import Foundation
import Profiler

struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus", abstract: "Makes corpus files of what people have.", subcommands: [Build.self])

  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "build",
      abstract: "Makes a corpus of folders, text files, JSON Lines, JSON and CSV.",
      discussion: """
        A source is domain=path, with what to take from it after a colon:
          cpp=src                    every file of a folder (hidden and binary ones left out)
          cpp='src/**/*.cpp'         files that match a pattern: * ? [ab] and ** for any depth
          notes=log.txt:paragraph    a text file: whole, paragraph or line
          python=tasks.jsonl:prompt  a field of every line of JSON Lines; a.b for a nested one
          legal=cases.json:facts     a field of every element of a list, or of every value of an object
          medical=notes.csv:text     a column of a CSV (or .tsv) file
        Several sources may feed one domain. The result is {"domain": ["text", …], …}.

        EXAMPLES
          fp-cli corpus build 'cpp=src/**/*.cpp' math=gsm8k.jsonl:question --output corpus.json
          fp-cli corpus build finance=headlines.csv:title --sample 64 --seed 1 --output corpus.json
        """)

    @Argument(help: "domain=path[:field]", completion: .file())
    var sources: [String]

    @Option(help: "The corpus file to write.", completion: .file(extensions: ["json"]))
    var output: String

    @Option(help: "Draws that many texts of each domain; all by default.")
    var sample: Int?

    @Option(help: "Seed of the draw.")
    var seed: UInt64 = 0

    @Option(help: "Leaves out texts with fewer Unicode scalars.")
    var minCharacters = 1

    @Option(help: "Leaves out texts with more Unicode scalars.")
    var maxCharacters: Int?

    @Option(help: "What one text is in a text file whose source does not say: whole, paragraph or line.")
    var split = TextSplit.whole

    @Flag(help: "Keeps texts that stand twice in a domain.")
    var keepDuplicates = false

    @Flag(help: "Counts files that are not UTF-8 and records without the field, instead of stopping at them.")
    var skipInvalid = false

    func run() throws {
      let options = CorpusBuilder.Options(
        sample: sample, seed: seed, minimumCharacters: minCharacters, maximumCharacters: maxCharacters,
        removesDuplicates: !keepDuplicates, split: split, skipsInvalid: skipInvalid)
      let sources = try sources.map(CorpusSource.init(parsing:))
      let build = try CorpusBuilder(sources: sources, options: options).build()
      try build.corpus.write(to: URL(filePath: output))
      print(build.table)
    }
  }
}

extension TextSplit: ExpressibleByArgument {}
