import ArgumentParser
import CorpusBuilder
import Foundation
import Profiler

struct CorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus", abstract: "Builds corpus files from folders, text, JSON and CSV.", subcommands: [Build.self])

  struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "build",
      abstract: "Makes a corpus of folders, text files, JSON Lines, JSON and CSV.",
      discussion: """
        The result is {"domain": ["text", …], …}. A source is domain=path, or
        domain=path:what; several sources may feed one domain.

          cpp=src                  every file of a folder but hidden and binary ones
          cpp='src/**/*.cpp'       files of a pattern: * ? [ab], ** for any depth
          notes=log.txt:paragraph  a text file: whole, paragraph or line
          py=tasks.jsonl:prompt    a field of every line of JSON Lines
          legal=cases.json:facts   a field of every element of a list, or of every
                                   value of an object
          medical=notes.csv:text   a column of CSV or TSV, by its name in row 1

        FIELDS
          a.b         a field in a field; choices.0 is the first element of a list
          a.*         every element of a list or object, each a text of its own
          a+b         two fields or columns joined into one text by a line break
          .data.*.a   from the top of a .json file, not from each of its records
          #2          the second column of CSV without a header row
          a\\.b        the key "a.b": a backslash takes the next character as it is

        GROUPS
          Texts that are cut from one document (paragraphs, lines, elements of a.*,
          windows) are written as {"text": …, "group": …}: they are not independent,
          and statistics count a group as one observation.

        EXAMPLES
          fp-cli corpus build 'cpp=src/**/*.cpp' math=gsm8k.jsonl:question+answer \\
            --output corpus.json
          fp-cli corpus build news=headlines.csv:title --sample 64 --seed 1 \\
            --min-characters 40 --output corpus.json
          fp-cli corpus build 'cpp=src/**/*.cpp' legal=acts --window 128 \\
            --tokenizer Llama-3.2-1B --output windows.json
        """)

    @Argument(help: ArgumentHelp("domain=path, or domain=path:what.", valueName: "source"), completion: .file())
    var sources: [String]

    @Option(
      help: ArgumentHelp("Corpus file to write.", valueName: "file"), completion: .file(extensions: ["json"]))
    var output: String

    @OptionGroup var filter: TextFilterOptions
    @OptionGroup var windows: WindowOptions

    func validate() throws { try checkPaths(["--output": output]) }

    func run() throws {
      let sources = try sources.map(CorpusSource.init(parsing:))
      let build = try CorpusBuilder(sources: sources, options: filter.options, windows: windows.windows()).build()
      try build.corpus.write(to: URL(filePath: output))
      try StandardOutput.write(build.table + "\n")
    }
  }
}
