import ArgumentParser
import CorpusBuilder

/// Which texts of the sources become a corpus.
struct TextFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Draws N texts of each domain; all by default.", valueName: "n"))
  var sample: Int?

  @OptionGroup var random: SeedOption

  @Option(help: ArgumentHelp("Leaves out texts with fewer Unicode scalars.", valueName: "n"))
  var minCharacters = 1

  @Option(help: ArgumentHelp("Leaves out texts with more Unicode scalars.", valueName: "n"))
  var maxCharacters: Int?

  @Option(
    help: ArgumentHelp("Unit of text in a text file whose source names none.", valueName: "split"))
  var split = TextSplit.whole

  @Option(
    help: ArgumentHelp(
      "Field or column that names a text's group, such as a document or a task; texts of a group count as one.",
      valueName: "field"))
  var groupField: String?

  @Flag(help: "Keeps repeated texts of a domain.")
  var keepDuplicates = false

  @Flag(help: "Counts files that are not UTF-8 and records without the field, instead of stopping at them.")
  var skipInvalid = false

  func validate() throws {
    try checkCounts([
      "--sample": (sample, 1...Int.max), "--min-characters": (minCharacters, 0...Int.max),
      "--max-characters": (maxCharacters, max(1, minCharacters)...Int.max),
    ])
  }

  var options: CorpusBuilder.Options {
    CorpusBuilder.Options(
      sample: sample, seed: random.seed, minimumCharacters: minCharacters, maximumCharacters: maxCharacters,
      removesDuplicates: !keepDuplicates, split: split, skipsInvalid: skipInvalid, groupField: groupField)
  }
}

extension TextSplit: ExpressibleByArgument {}
